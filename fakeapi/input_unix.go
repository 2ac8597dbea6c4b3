//go:build unix

package fakeapi

import (
	"io"
	"syscall"

	"golang.org/x/sys/unix"
)

// exact says that a socket and a listener can be asked what they hold unread.
const exact = true

// wait reads what the client sends. Where nothing is there yet, c.idle is set until
// something is, and the reading and the end of idle are one step under c.mu: so
// whoever holds c.mu and sees an idle connection with an empty socket knows that
// nothing is on its way. What was read is on its way until the next wait.
func (c *conn) wait(p []byte) (int, error) {
	if c.raw == nil {
		return c.waitPlain(p)
	}
	if c.take.look == nil {
		c.take.look = c.takeOnce
	}
	c.take.into = p
	waited := c.raw.Read(c.take.look)
	n, err := c.take.n, c.take.err
	switch {
	case waited != nil: // the deadline, or a connection of ours that is closed
		c.setIdle(false)
		return 0, waited
	case err != nil:
		return 0, err
	case n == 0 && c.wasReset():
		return 0, unix.ECONNRESET
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// taking is what takeOnce reads, and a reference to it that is made once and not for
// each read.
type taking struct {
	look func(fd uintptr) bool
	into []byte
	n    int
	err  error
}

// takeOnce reads what is there, and says whether there was anything.
func (c *conn) takeOnce(fd uintptr) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &c.take
	for {
		if t.n, t.err = unix.Read(int(fd), t.into); t.err != unix.EINTR {
			break
		}
	}
	c.idle = t.err == unix.EAGAIN
	if c.idle {
		c.server.changes.wake()
	}
	return !c.idle
}

func (c *conn) wasReset() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gone
}

// quiet says that nothing has reached the socket that is not read. The caller
// holds c.mu.
func (c *conn) quiet() bool {
	quiet := true
	var one [1]byte
	c.raw.Control(func(fd uintptr) {
		_, _, err := unix.Recvfrom(int(fd), one[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		quiet = err == unix.EAGAIN
		c.gone = c.gone || err == unix.ECONNRESET // Linux says so once: the next one to ask is told of an end
	})
	return quiet
}

// hasBacklog says whether connections wait to be accepted.
func hasBacklog(l syscall.RawConn) bool {
	waiting := false
	l.Control(func(fd uintptr) {
		p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(p, 0)
		waiting = err == nil && n > 0 && p[0].Revents&unix.POLLIN != 0
	})
	return waiting
}
