package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/recovery"
	"github.com/espy-hil/espy/hil/result"
)

// A worker has one board of a pool and makes the pool's runs on it.
type worker struct {
	config    Config
	pool      Pool
	queue     *queue
	collector *collector
	turns     turns

	board    board.Board // nil: not powered
	link     Link        // nil: not open
	failures int         // in a row, to open the board
	dead     error       // why the board is given up
}

// work makes runs until there are none left, or it is told to stop.
func (w *worker) work(ctx context.Context) {
	defer w.powerDown()
	for w.turns.await(ctx) {
		more := w.next(ctx)
		w.turns.done()
		if !more {
			return
		}
	}
}

// next makes the next run; false: there is none, or not for this board.
func (w *worker) next(ctx context.Context) bool {
	if w.collector.stopped() {
		return false
	}
	j := w.queue.take()
	if j == nil || w.dead != nil && w.queue.leave(j) {
		return false
	}
	w.collector.started(j)
	r := w.make(ctx, j)
	if ctx.Err() != nil {
		return false // what it yielded is the interruption's doing
	}
	w.collector.finished(j, r)
	return true
}

// make makes a run, again where the rig fails before the request has started.
func (w *worker) make(ctx context.Context, j *job) *result.Run {
	for n := 1; ; n++ {
		r := j.run
		r.Attempt = n
		r.Diffs = []result.Diff{}
		r.Wire = []result.Exchange{}
		err := w.dead
		if err == nil {
			err = w.attempt(ctx, j, &r)
		}
		if err == nil {
			return &r
		}
		spoil(&r, err)
		if n == attempts || w.dead != nil || ctx.Err() != nil {
			return &r
		}
	}
}

// spoil gives a run the verdict rig.
func spoil(r *result.Run, err error) {
	r.Verdict = result.Rig
	r.Diffs = []result.Diff{{Field: "rig", Want: "a record from the board", Got: err.Error(), Source: "board " + r.Board}}
	var broken *agent.Error
	if errors.As(err, &broken) && r.Log == "" {
		r.Log = broken.Log
	}
}

// open sees that there is a conversation with the board.
func (w *worker) open(ctx context.Context) error {
	if w.link != nil {
		return nil
	}
	err := w.connect(ctx)
	if err == nil {
		w.failures = 0
		w.collector.hello(w.pool.Name, w.link.Hello())
		return nil
	}
	if recovery.Final(err) {
		w.dead = err
		return err
	}
	if w.failures++; w.failures >= attempts {
		w.dead = fmt.Errorf("board %s is given up after %d attempts: %w", w.pool.Name, w.failures, err)
		return w.dead
	}
	w.restart(ctx)
	return err
}

func (w *worker) connect(ctx context.Context) error {
	if w.board == nil {
		b, err := w.pool.Power(ctx)
		if err != nil {
			return fmt.Errorf("powering board %s: %w", w.pool.Name, err)
		}
		w.board = b
	}
	ctx, cancel := context.WithTimeout(ctx, w.config.Limits.Boot)
	defer cancel()
	link, err := w.pool.Connect(ctx, w.board)
	if err != nil && !recovery.Final(err) {
		err = fmt.Errorf("opening board %s: %w", w.pool.Name, err)
	}
	if err != nil {
		return err
	}
	w.link = link
	return nil
}

// restart ends the conversation and resets the board, after an error. A board
// that cannot even be reset is powered down; the next run powers another.
func (w *worker) restart(ctx context.Context) {
	w.hangUp()
	if w.board == nil || ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, w.config.Limits.Boot)
	defer cancel()
	if err := w.board.Reset(ctx); err != nil && !errors.Is(err, context.Canceled) {
		w.powerDown()
	}
}

// hangUp ends the conversation. Its error says nothing that matters any more: the
// next conversation begins by looking where the board stands.
func (w *worker) hangUp() {
	if w.link != nil {
		_ = w.link.Close()
		w.link = nil
	}
}

// powerDown lets go of the board. One that is gone then need not be left as others
// would find it.
func (w *worker) powerDown() {
	if !w.pool.Local || w.board == nil {
		w.hangUp()
	}
	if w.board != nil {
		_ = w.board.Close() // nothing follows that could go wrong by it
		w.board = nil
	}
	w.hangUp()
}
