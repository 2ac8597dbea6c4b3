package fakeapi

import (
	"context"
	"sync"
	"time"
)

// patience bounds Settle for connections to another host that may still be
// closing: the end of a TCP connection over Wi-Fi can be slower than the same
// board's UART.
const patience = 50 * time.Millisecond

// grace is how long everything must have been still where the OS or the
// connection cannot be asked for what it holds.
const grace = 5 * time.Millisecond

// Settle returns when every byte and connection that had reached this host
// before the call has been read and accounted for, so that Wire and
// OpenConnections are complete once the client is done; at the latest when ctx
// ends. Where file descriptors can be asked (Linux, macOS, the BSDs) that is
// exact, however slow the machine, and waits for nothing that is not there, a
// scripted silence included. A client on another host that has not closed yet
// gets 50 ms; where nothing can be asked, 5 ms of stillness must do. A listener whose
// clients send through something that this host does not see may have a method
// Settle(ctx) of its own, which waits for that.
func (s *Server) Settle(ctx context.Context) {
	if l, ok := s.listener.(interface{ Settle(ctx context.Context) }); ok {
		l.Settle(ctx)
	}
	s.awaitBacklog(ctx)
	for began := time.Now(); ; {
		changed := s.changes.wait()
		if s.settled() || !s.awaitChange(ctx, changed, began) {
			return
		}
	}
}

// awaitChange says whether something changed before ctx ended, or before there
// had been time enough for what cannot be known.
func (s *Server) awaitChange(ctx context.Context, changed <-chan struct{}, began time.Time) bool {
	var enough <-chan time.Time
	if wait, bounded := s.allowance(began); bounded {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case <-changed:
		return true
	case <-enough:
	case <-ctx.Done():
	}
	return false
}

// allowance is how long to wait for a change, where that cannot be left to what
// the OS says.
func (s *Server) allowance(began time.Time) (wait time.Duration, bounded bool) {
	if !s.canAsk() {
		return grace, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		if c.remote {
			return patience - time.Since(began), true
		}
	}
	return 0, false
}

// canAsk says whether all that this server reads from can be asked what it holds.
func (s *Server) canAsk() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	can := exact && s.backlog != nil
	for c := range s.conns {
		can = can && c.raw != nil
	}
	return can
}

// settled says that nothing more can be expected.
func (s *Server) settled() bool {
	if !s.canAsk() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		if !c.settled() {
			return false
		}
	}
	return true
}

func (c *conn) settled() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.done:
		return true
	case !c.idle:
		return false
	case c.ended:
		return true
	}
	return !c.remote && c.quiet()
}

// awaitBacklog has the accept loop take in every connection that waits.
func (s *Server) awaitBacklog(ctx context.Context) {
	l, ok := s.listener.(interface{ SetDeadline(time.Time) error })
	if !ok || s.backlog == nil {
		return
	}
	empty := s.accepts.wait()
	if l.SetDeadline(time.Unix(1, 0)) != nil {
		return
	}
	select {
	case <-empty:
	case <-s.notListens:
	case <-ctx.Done():
	}
}

// emptyBacklog accepts what waits, and tells those who wanted to know. It runs in
// the accept loop, so that no connection is between its hands and the books.
func (s *Server) emptyBacklog() {
	var told []chan struct{}
	for again := true; again; {
		s.listener.(interface{ SetDeadline(time.Time) error }).SetDeadline(time.Time{})
		told = append(told, s.accepts.take())
		again = s.acceptWaiting()
	}
	for _, empty := range told {
		if empty != nil {
			close(empty)
		}
	}
}

// acceptWaiting accepts the backlog. It says whether another Settle interrupted it.
func (s *Server) acceptWaiting() (interrupted bool) {
	for s.backlog != nil && hasBacklog(s.backlog) {
		conn, err := s.listener.Accept()
		if isTimeout(err) {
			return true
		}
		if err != nil {
			s.troubled(err)
			return false
		}
		s.admit(conn)
	}
	return false
}

// waiters is a condition that can be waited for in a select.
type waiters struct {
	mu sync.Mutex
	ch chan struct{}
}

// wait returns a channel that is closed at the next wake.
func (w *waiters) wait() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ch == nil {
		w.ch = make(chan struct{})
	}
	return w.ch
}

// take hands the channel of those who wait now to the caller, who must close it;
// nil where nobody waits.
func (w *waiters) take() chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	ch := w.ch
	w.ch = nil
	return ch
}

func (w *waiters) wake() {
	if ch := w.take(); ch != nil {
		close(ch)
	}
}
