package fakeapi

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/espy-hil/espy/fakeapi/capture"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/fakeapi/rest"
)

// A Server carries out one plan on one listener. All methods may be called from
// any goroutine, and after Close.
type Server struct {
	name     string
	orders   atomic.Pointer[orders]
	tls      *tls.Config // nil: plain HTTP
	capture  capture.Sink
	observer Observer
	limits   Limits
	now      func() time.Time
	dates    dates
	listener net.Listener
	backlog  syscall.RawConn // the listener's, or nil
	api      *rest.API

	goroutines  sync.WaitGroup
	closing     chan struct{} // closed when Close begins
	notListens  chan struct{} // closed when the accept loop has ended
	unreachable bool          // the plan has nothing listen
	closeOnce   sync.Once
	closeErr    error

	mu        sync.Mutex // taken before conn.mu, never inside it
	conns     map[*conn]struct{}
	accepted  int
	abandoned int         // finished connections whose client had not closed its side
	exchanges []*exchange // the oldest first; see [Limits.History]
	claimed   int         // requests that are to be answered, so far
	trouble   error       // see [Server.Trouble]

	held atomic.Int64 // bytes that the exchanges hold; see [Limits.Memory]

	changes waiters // woken when a connection's state changes
	accepts waiters // woken when the accept loop has emptied the backlog
}

// An Option changes how a server runs; a plan says what it does.
type Option func(*Server)

// WithClock replaces the clock behind Date fields and the times of exchanges.
// Deadlines stay on the real one.
func WithClock(now func() time.Time) Option { return func(s *Server) { s.now = now } }

// WithLimits replaces [DefaultLimits].
func WithLimits(l Limits) Option { return func(s *Server) { s.limits = l.filled() } }

// Start serves p on l until Close, and owns l from now on. name is the server's
// name in the scenario ("main").
func Start(l net.Listener, name string, p plan.Server, opts ...Option) *Server {
	s := &Server{
		name:       name,
		limits:     DefaultLimits,
		now:        time.Now,
		listener:   l,
		backlog:    descriptor(l),
		api:        rest.New(),
		closing:    make(chan struct{}),
		notListens: make(chan struct{}),
		conns:      make(map[*conn]struct{}),
	}
	s.orders.Store(newOrders(p, 0))
	for _, o := range opts {
		o(s)
	}
	if p.TLS != nil && s.tls == nil {
		panic("fakeapi: the plan of server " + name + " asks for TLS, and no WithTLS gives it a certificate")
	}
	s.listenIn()
	if s.unreachable = plan.Unreachable(p.Faults); s.unreachable {
		s.closeErr = l.Close()
	}
	s.goroutines.Go(s.acceptAll)
	return s
}

// acceptAll accepts until the listener is closed. Settle interrupts it with a
// deadline, to learn when the backlog is empty.
func (s *Server) acceptAll() {
	defer close(s.notListens)
	for told := false; ; {
		conn, err := s.listener.Accept()
		switch {
		case err == nil:
			told = false
			s.admit(conn)
		case s.isClosing(), errors.Is(err, net.ErrClosed):
			return
		case errors.Is(err, os.ErrDeadlineExceeded):
			s.emptyBacklog()
		default: // out of file descriptors, most likely: it passes
			s.troubled(err)
			if !told && s.observer.Failed != nil {
				s.observer.Failed(Failure{Err: err})
			}
			told = true
			select {
			case <-time.After(5 * time.Millisecond):
			case <-s.closing:
				return
			}
		}
	}
}

// Trouble is the first error that kept the server from taking in a connection, such
// as that there are no more file descriptors; nil: there was none. What a client saw
// meanwhile is then not what the plan says.
func (s *Server) Trouble() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trouble
}

func (s *Server) troubled(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trouble == nil {
		s.trouble = fmt.Errorf("server %s on %s accepting a connection: %w", s.name, s.listener.Addr(), err)
	}
}

func (s *Server) isClosing() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// admit gives an accepted connection its number and its goroutine.
func (s *Server) admit(nc net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosing() {
		nc.Close()
		return
	}
	s.accepted++
	c := &conn{server: s, net: nc, raw: descriptor(nc), number: s.accepted, remote: isRemote(nc)}
	c.stream = socket{nc, c}
	c.identity = &capture.Conn{
		Server: s.name, Number: c.number, Client: addressOf(nc.RemoteAddr()), Listen: addressOf(nc.LocalAddr()), TLS: s.tls != nil,
	}
	c.obey(s.orders.Load())
	c.record(capture.Opened, nil)
	s.conns[c] = struct{}{}
	s.goroutines.Go(c.serve)
}

// begin opens an exchange for the request whose first byte c has received.
func (s *Server) begin(c *conn, answered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beginLocked(c, answered)
}

func (s *Server) beginLocked(c *conn, answered bool) {
	c.obey(s.orders.Load())
	x := &exchange{conn: c, start: s.now()}
	if answered && c.denied == nil {
		s.claimed++
		x.number = s.claimed
	}
	s.exchanges = append(s.exchanges, x)
	s.forgetLocked()
	c.mu.Lock()
	c.current = x
	if s.observer.Exchange != nil {
		c.untold = append(c.untold, x)
	}
	c.mu.Unlock()
}

// speaksFirst opens an exchange for a connection on which the server is to act
// before a byte has come: the next raw reply says read: 0.
func (s *Server) speaksFirst(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw := c.orders.plan.Raw
	if c.current != nil || c.denied != nil || s.claimed >= len(raw) {
		return false
	}
	if r := raw[s.claimed].Read; r.Until != plan.ReadBytes || r.Bytes > 0 {
		return false
	}
	s.beginLocked(c, true)
	return true
}

// leave takes a finished connection out of the books. Empty lines that no request
// followed or went before are an exchange of their own.
func (s *Server) leave(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.current == nil && c.last == nil && len(c.in) > 0 {
		s.beginLocked(c, false)
	}
	c.mu.Lock()
	c.finish(len(c.in))
	c.done = true
	if !c.ended && !c.cut {
		s.abandoned++
	}
	c.mu.Unlock()
	delete(s.conns, c)
	s.changes.wake()
}

// Wire is every request so far, in order of arrival of its first byte; of a long
// life, the latest of them (see [Limits.Memory] and [Limits.History]).
func (s *Server) Wire() []Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	wire := make([]Exchange, 0, len(s.exchanges))
	for _, x := range s.exchanges {
		if e, ok := x.snapshot(); ok {
			wire = append(wire, e)
		}
	}
	return wire
}

// OpenConnections counts the connections that the client has not closed, as the
// server sees it: also those that the server has closed long ago. A connection
// that the server has reset counts as closed.
func (s *Server) OpenConnections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.abandoned
	for c := range s.conns {
		c.mu.Lock()
		if !c.ended && !c.cut {
			open++
		}
		c.mu.Unlock()
	}
	return open
}

// Unexpected names every request beyond the plan's raw replies, in a sentence each.
func (s *Server) Unexpected() []string {
	raw := s.orders.Load().plan.Raw
	if raw == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, x := range s.exchanges {
		if x.number > len(raw) {
			e, _ := x.snapshot()
			all = append(all, fmt.Sprintf("server %s got request %d, %q on connection %d, but has raw replies for %d",
				s.name, x.number, e.RequestLine, e.Connection, len(raw)))
		}
	}
	return all
}

// Close closes the listener, then every connection, and returns when all
// goroutines have ended. The error is the listener's.
func (s *Server) Close() error {
	s.closeOnce.Do(func() {
		s.mu.Lock()
		close(s.closing)
		if !s.unreachable {
			s.closeErr = s.listener.Close()
		}
		for c := range s.conns {
			c.net.Close()
		}
		s.mu.Unlock()
	})
	s.goroutines.Wait()
	return s.closeErr
}

// isRemote says whether the client is on another host, from where the end of a
// connection may arrive later than what the client says of it elsewhere.
func isRemote(c net.Conn) bool {
	a, ok := c.RemoteAddr().(*net.TCPAddr)
	return ok && !a.IP.IsLoopback()
}

// descriptor gives access to the file descriptor under v, or nil where it has none.
func descriptor(v any) syscall.RawConn {
	sc, ok := v.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}
