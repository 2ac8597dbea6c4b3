package run

import (
	"context"
	"sync"
)

// A queue is the jobs of one pool, and the workers that share them.
type queue struct {
	mu      sync.Mutex
	jobs    []*job
	workers int // that may still take a job
}

// take gives the next job, or nil when there is none; the worker that gets nil
// has left the queue.
func (q *queue) take() *job {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) == 0 {
		q.workers--
		return nil
	}
	j := q.jobs[0]
	q.jobs = q.jobs[1:]
	return j
}

// leave hands a job back for another worker, and takes the caller out of the
// queue. The last worker cannot leave.
func (q *queue) leave(j *job) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.workers == 1 {
		return false
	}
	q.workers--
	q.jobs = append([]*job{j}, q.jobs...)
	return true
}

// turns lets so many runs be made at once as it has room for; nil lets all. Runs
// of more boards than there are processors would only make each other slow, which
// is what scenarios with a time limit are about.
type turns chan struct{}

func newTurns(n int) turns {
	if n == 0 {
		return nil
	}
	return make(turns, n)
}

// await waits for a turn; false: ctx ended first. Turns come in the order of asking.
func (t turns) await(ctx context.Context) bool {
	if t == nil {
		return ctx.Err() == nil
	}
	select {
	case t <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// done ends a turn.
func (t turns) done() {
	if t != nil {
		<-t
	}
}
