// Package patience limits how long is waited for somebody whom this computer itself may
// hold up: a virtual board, or what a real one has sent and nobody has fetched.
//
// Of a second by the clock, a computer that stands still or has much else to do may have
// given half to nobody. Patience is therefore counted in turns, of each of which it is
// seen that it has passed: what time was lost meanwhile, was lost to both sides, and
// counts as one of them.
package patience

import (
	"context"
	"sync"
	"time"
)

// turns are in how many parts a limit is waited for.
const turns = 16

// Within is [context.WithTimeout], but that the limit is one of patience. When it will
// have passed by the clock is not known, so the context tells no deadline of its own.
func Within(parent context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	passed := time.NewTicker(max(limit/turns, 1))
	return within(parent, passed.C, passed.Stop)
}

// within ends when so many turns have passed.
func within(parent context.Context, passed <-chan time.Time, stop func()) (context.Context, context.CancelFunc) {
	l := &limited{Context: parent, done: make(chan struct{})}
	go func() {
		defer stop()
		l.count(passed)
	}()
	return l, func() { l.end(context.Canceled) }
}

// limited is a context that ends by itself. It has a channel and an error of its own: one
// made by [context.WithCancelCause] would say that it was cancelled.
type limited struct {
	context.Context
	done chan struct{}

	mu  sync.Mutex
	err error
}

func (l *limited) count(passed <-chan time.Time) {
	for range turns {
		select {
		case <-passed:
		case <-l.Context.Done():
			l.end(l.Context.Err())
			return
		case <-l.done:
			return
		}
	}
	l.end(context.DeadlineExceeded)
}

func (l *limited) Done() <-chan struct{} { return l.done }

func (l *limited) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

func (l *limited) end(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = err
		close(l.done)
	}
}
