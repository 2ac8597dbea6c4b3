package fakeapi

import (
	"io"
	"net/netip"

	"github.com/espy-hil/espy/fakeapi/capture"
)

// An Observer is told of what happens as it happens, by the goroutine of the
// connection that it happens on: who takes long holds that connection up. Either
// function may be nil.
type Observer struct {
	// Exchange is told of a request once its reply has left, or once it is sure that
	// there will be none.
	Exchange func(Exchange)
	// Failed is told of a connection that has come to nothing before its first request,
	// and, once until the next is taken in, that none can be.
	Failed func(Failure)
}

// A Failure is a connection that has carried no request: its TLS handshake failed, or
// nothing came.
type Failure struct {
	Connection int // 0: none could be taken in, and clients wait
	Client     netip.AddrPort
	Err        error
}

// WithObserver has o told of what happens.
func WithObserver(o Observer) Option { return func(s *Server) { s.observer = o } }

// WithCapture has every byte on the wire, and how connections begin and end, told
// to the sink.
func WithCapture(sink capture.Sink) Option { return func(s *Server) { s.capture = sink } }

// listenIn has the keys of TLS sessions told to the capture as well.
func (s *Server) listenIn() {
	if s.tls == nil || s.capture == nil {
		return
	}
	s.tls = s.tls.Clone()
	var keys io.Writer = secrets{s}
	if other := s.tls.KeyLogWriter; other != nil {
		keys = io.MultiWriter(other, keys)
	}
	s.tls.KeyLogWriter = keys
}

// tell has the observer know of the exchanges that it does not know of yet.
func (c *conn) tell() {
	c.mu.Lock()
	untold := c.untold
	c.untold = nil
	c.mu.Unlock()
	for _, x := range untold {
		if e, ok := x.snapshot(); ok {
			if e.End.IsZero() { // it has no answer, and will have none
				e.End = c.server.now()
			}
			c.server.observer.Exchange(e)
		}
	}
}
