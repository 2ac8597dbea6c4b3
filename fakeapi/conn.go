package fakeapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/espy-hil/espy/fakeapi/capture"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// A conn is one connection. Its goroutine alone advances it; the mutex lets
// others look.
type conn struct {
	server   *Server
	net      net.Conn
	raw      syscall.RawConn // nil where there is no file descriptor to ask
	stream   io.ReadWriter   // what requests come from and replies go to: the socket, or TLS over it
	identity *capture.Conn
	number   int
	orders   *orders     // in force for the current request
	remote   bool        // the client is on another host
	denied   *plan.Close // the faults want it to end so, unanswered; nil: it is answered

	follow            framing   // of the current request; touched by the goroutine alone
	armed             time.Time // the deadline that reading has; touched by the goroutine alone
	mayIdle, mayWrite deadline  // touched by the goroutine alone
	take              taking    // of the bytes that have come; touched by the goroutine alone
	desk              desk      // touched by the goroutine alone
	closed            bool      // our side is closed, or the connection reset; touched by the goroutine alone

	mu      sync.Mutex
	in      []byte      // received, and not yet cut off as a finished request
	current *exchange   // the one that in belongs to; nil between requests
	last    *exchange   // the one before
	untold  []*exchange // begun, and the observer has not been told of them
	kept    int         // bytes held by this connection's exchanges
	dropped bool        // more came than a request may take: the rest is read, and forgotten
	idle    bool        // the goroutine waits for the client, or for a scripted moment
	gone    bool        // a look at the socket has found that the client has reset it
	ended   bool        // the client has closed its side, or reset
	cut     bool        // we have reset it: nothing can be heard any more
	done    bool        // the goroutine has finished
}

// A fate is what becomes of a connection after a reply.
type fate int

const (
	fateNext  fate = iota // the next request is read
	fateFIN               // closed in order
	fateReset             // reset
	fateHang              // left open and silent until the server closes, or long after the client has
)

// serve reads requests and answers them until the connection's fate is sealed.
func (c *conn) serve() {
	fate := c.handshake()
	for fate == fateNext {
		if c.awaitRequest() {
			fate = c.answer()
			c.tell()
		} else {
			fate = fateFIN
		}
	}
	switch fate {
	case fateFIN:
		c.closeInOrder()
	case fateReset:
		c.reset()
	case fateHang:
		c.drain(time.Time{})
		if !c.closed {
			c.sleep(c.server.limits.Idle) // the client may have closed its side alone, and still listen
		}
	}
	c.letGo()
	c.server.leave(c)
	c.tell()
}

// letGo closes the socket.
func (c *conn) letGo() {
	c.net.Close()
	if !c.closed {
		c.record(capture.ServerFIN, nil)
	}
	c.record(capture.Closed, nil)
}

// awaitRequest finishes the current exchange and waits for the first byte of the
// next one. It says whether there is one to answer.
func (c *conn) awaitRequest() bool {
	idle, _ := c.mayIdle.extend(time.Now(), c.server.limits.Idle)
	for {
		if c.split(true) || c.server.speaksFirst(c) {
			return true
		}
		err := c.fill(idle)
		if why := c.loiters(err); why != nil {
			c.fail(why)
			return false
		}
		if err != nil {
			return false
		}
	}
}

// loiters says why a client that begins no request is waited for no longer.
func (c *conn) loiters(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	limits := c.server.limits
	switch {
	case isTimeout(err) && c.last == nil && len(c.in) == 0:
		return fmt.Errorf("nothing has come within %v", limits.Idle)
	case len(c.in) > limits.Head && len(c.in) == countBlank(c.in):
		return fmt.Errorf("more than %d bytes of line breaks, and no request", limits.Head)
	}
	return nil
}

// split cuts the current request off where it ends, and begins an exchange where
// another one, to be answered or not, has begun behind it. It says whether it did.
func (c *conn) split(answered bool) bool {
	c.mu.Lock()
	if c.current != nil {
		c.follow.follow(c.in)
		end := c.follow.end
		switch {
		case !c.follow.complete() || c.dropped, c.follow.endless() && !answered:
			c.mu.Unlock()
			return false
		case c.follow.endless():
			end = len(c.in)
		}
		c.finish(end)
	}
	blank := len(c.in) == countBlank(c.in)
	c.mu.Unlock()
	if blank {
		return false
	}
	c.server.begin(c, answered)
	return true
}

// countBlank counts the empty lines before a request, which are not yet one.
func countBlank(b []byte) int {
	for i, ch := range b {
		if ch != '\r' && ch != '\n' {
			return i
		}
	}
	return len(b)
}

// finish ends the current exchange at byte end of in. Empty lines that nothing
// followed belong to the request before them. The caller holds mu.
func (c *conn) finish(end int) {
	x := c.current
	if x == nil {
		if x = c.last; x != nil && end > 0 {
			x.request = append(x.request, c.keep(x, c.in[:end])...)
			c.in = nil
		}
		return
	}
	x.request = bytes.Clone(c.keep(x, c.in[:end])) // of its own size: c.in has room for more
	if x.end.IsZero() {
		x.end = c.server.now()
	}
	c.in = c.in[:copy(c.in, c.in[end:])]
	if len(c.in) == 0 && cap(c.in) > mostIdle {
		c.in = nil
	}
	c.follow = framing{}
	c.last, c.current = x, nil
}

// exhausted says that the connection holds as much as it may.
func (c *conn) exhausted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept+len(c.in) >= c.server.limits.Capture
}

// write sends b and records what left. An error is a client that has gone, or
// does not read; what it had sent before is still there to be read.
func (c *conn) write(b []byte) error {
	if until, moved := c.mayWrite.extend(time.Now(), c.server.limits.Write); moved {
		c.net.SetWriteDeadline(until)
	}
	if c.secure() {
		c.record(capture.Enciphered, b)
	}
	n, err := c.stream.Write(b)
	defer c.server.forgetOldest()
	c.mu.Lock()
	defer c.mu.Unlock()
	if x := c.current; x != nil {
		x.reply = append(x.reply, c.keep(x, b[:n])...)
		x.end = c.server.now()
	}
	return err
}

// closeInOrder sends FIN and then reads on: closing a socket that holds unread
// bytes would send a reset, which can destroy the reply on its way
// (RFC 9112 9.6). It also waits to see the client close its own side. Where FIN
// cannot be sent, the client has reset, and reading says so.
func (c *conn) closeInOrder() {
	c.sayGoodbye()
	if half, ok := c.net.(interface{ CloseWrite() error }); ok {
		if half.CloseWrite() == nil {
			c.closed = true
			c.record(capture.ServerFIN, nil)
		}
		c.drain(time.Now().Add(c.server.limits.Linger))
	}
}

// drain reads, and answers nothing, until the client closes or the time is up.
// What comes is still accounted for: a request sent to a closed connection is
// one that the wire must show.
func (c *conn) drain(until time.Time) {
	for c.fill(until) == nil {
		for c.split(false) {
		}
	}
}

// reset closes with RST instead of FIN, once what was written has reached the
// client's host: a reset discards what is still under way.
func (c *conn) reset() {
	for late := time.Now().Add(c.server.limits.Linger); c.unsent() > 0 && time.Now().Before(late); {
		if !c.pause(time.Now().Add(time.Millisecond)) {
			break
		}
	}
	if tcp, ok := c.net.(interface{ SetLinger(int) error }); ok {
		tcp.SetLinger(0)
	}
	c.closed = true
	c.record(capture.ServerReset, nil)
	c.mu.Lock()
	c.cut = true
	c.mu.Unlock()
}

// pause waits until end, still listening, so that a client that leaves is seen to
// leave. It says whether the server goes on.
func (c *conn) pause(end time.Time) bool {
	for {
		switch err := c.fill(end); {
		case err == nil:
		case isTimeout(err):
			return true
		case errors.Is(err, io.EOF):
			return c.sleep(time.Until(end))
		default:
			return false
		}
	}
}

// sleep waits for d with nothing left to read.
func (c *conn) sleep(d time.Duration) bool {
	c.setIdle(true)
	defer c.setIdle(false)
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.server.closing:
		return false
	}
}

func (c *conn) setIdle(idle bool) {
	c.mu.Lock()
	c.idle = idle
	c.mu.Unlock()
	c.server.changes.wake()
}
