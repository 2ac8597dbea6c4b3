package run

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// Scenarios makes every run that the scenarios ask for and reports on them. When
// ctx is cancelled, no new run is started, the ones under way are dropped, and the
// report has what was known by then. All boards and servers are closed when it
// returns.
func Scenarios(ctx context.Context, c Config, files []*scenarios.Scenario) result.Report {
	c = c.withDefaults()
	all := jobs(c, files)
	c.Observer.Planned(beforehand(all))
	col := newCollector(c, all)
	col.recall(c.Earlier)

	local, remote := newTurns(c.Jobs), newTurns(remoteAtOnce)
	var wg sync.WaitGroup
	var panics trap
	for p, pool := range c.Boards {
		q := &queue{}
		for _, j := range all {
			if j.pool == p && !col.has(j) {
				q.jobs = append(q.jobs, j)
			}
		}
		q.workers = min(max(pool.Size, 1), len(q.jobs))
		for range q.workers {
			w := &worker{config: c, pool: pool, queue: q, collector: col, turns: remote}
			if pool.Local {
				w.turns = local
			}
			wg.Go(func() {
				defer panics.catch()
				w.work(ctx)
			})
		}
	}
	wg.Wait()
	panics.release()
	return col.report()
}

// remoteAtOnce is how many boards elsewhere are spoken to at once. They have processors
// of their own, and this machine has not: of a thousand that were woken in one moment, 81
// came to their prompt when nobody listened any more.
const remoteAtOnce = 64

// beforehand is what is known of runs before they are made.
func beforehand(all []*job) []*result.Run {
	runs := make([]*result.Run, len(all))
	for i, j := range all {
		runs[i] = &j.run
	}
	return runs
}

// trap carries a panic from a worker to the goroutine that waits for it, so that
// one place decides what becomes of it.
type trap struct {
	mu     sync.Mutex
	caught string
}

func (t *trap) catch() {
	if v := recover(); v != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.caught = fmt.Sprintf("%v\n\n%s", v, debug.Stack())
	}
}

func (t *trap) release() {
	if t.caught != "" {
		panic(t.caught)
	}
}
