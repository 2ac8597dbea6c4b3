// Package life is what becomes of a virtual board between its power switch being
// turned on and off, whatever it is made of.
//
//	Begin --> something runs --Ended--> the next --Began--> ... --> Off, or Die
//	              ^-- stopped by Reset and Off
//
// What runs (a VM, a process) is one after the other, each begun and ended by the
// board's own goroutine. A reset is done when the next has begun.
package life

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/espy-hil/espy/sim/uart"
)

// Life is that of a board whose lives are T.
type Life[T any] struct {
	name string
	stop func(T)       // makes what runs end soon; it may have ended already
	done chan struct{} // closed when the board's goroutine has ended

	mu      sync.Mutex
	now     T
	running bool
	resets  []chan<- struct{} // closed when the next has begun
	off     bool
	died    error
}

// New makes the life of a board of that name.
func New[T any](name string, stop func(T)) *Life[T] {
	return &Life[T]{name: name, stop: stop, done: make(chan struct{})}
}

// ErrOff says that a board is no more because it was powered off.
var ErrOff = errors.New("it is powered off")

// Begin starts the board's goroutine, and waits for the first thing to run.
func (l *Life[T]) Begin(ctx context.Context, run func()) error {
	begun, _ := l.ask()
	go func() {
		defer close(l.done)
		run()
	}()
	return l.await(ctx, begun)
}

// Reset ends what runs, and waits for the next.
func (l *Life[T]) Reset(ctx context.Context) error {
	begun, end := l.ask()
	end()
	return l.await(ctx, begun)
}

// Off ends what runs for good, and waits until the board's goroutine has ended.
func (l *Life[T]) Off() {
	l.mu.Lock()
	l.off = true
	end := l.ender()
	l.mu.Unlock()
	end()
	<-l.done
}

// Began says what runs now. It is ErrOff if nothing may any more.
func (l *Life[T]) Began(now T) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.off {
		return ErrOff
	}
	l.now, l.running = now, true
	for _, begun := range l.resets {
		close(begun)
	}
	l.resets = nil
	return nil
}

// Ended says that nothing runs now, and tells whether something shall again.
func (l *Life[T]) Ended() (again bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var none T
	l.now, l.running = none, false
	return !l.off && l.died == nil
}

// Die says why nothing will run any more.
func (l *Life[T]) Die(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.off {
		l.died = err
	}
}

// Now is what runs, if something does.
func (l *Life[T]) Now() (now T, running bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now, l.running
}

// Ending tells whether what runs is to end.
func (l *Life[T]) Ending() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.off || l.running && len(l.resets) > 0
}

// Over tells why the board is no more; nil while it lives.
func (l *Life[T]) Over() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.died != nil:
		return fmt.Errorf("board %s: %w", l.name, l.died)
	case l.off:
		return fmt.Errorf("board %s: %w", l.name, ErrOff)
	}
	return nil
}

// Open opens the UART of a board that lives.
func (l *Life[T]) Open(u *uart.UART) (*uart.Host, error) {
	if err := l.Over(); err != nil {
		return nil, err
	}
	h, err := u.Open()
	if err != nil {
		return nil, fmt.Errorf("opening board %s: %w", l.name, err)
	}
	return h, nil
}

// Done is closed when the board's goroutine has ended.
func (l *Life[T]) Done() <-chan struct{} { return l.done }

// ask asks for what runs to end, and gives what ends it: what runs now, and not what
// may have begun by then because the asking was seen.
func (l *Life[T]) ask() (begun <-chan struct{}, end func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	asked := make(chan struct{})
	l.resets = append(l.resets, asked)
	return asked, l.ender()
}

// ender is what ends what runs now; mu is held.
func (l *Life[T]) ender() func() {
	now, running := l.now, l.running
	return func() {
		if running {
			l.stop(now) // not under the lock: it wakes those who ask whether it is Ending
		}
	}
}

func (l *Life[T]) await(ctx context.Context, begun <-chan struct{}) error {
	select {
	case <-begun:
		return nil
	case <-l.done:
		return l.Over()
	case <-ctx.Done():
		return fmt.Errorf("waiting for board %s to start: %w", l.name, context.Cause(ctx))
	}
}
