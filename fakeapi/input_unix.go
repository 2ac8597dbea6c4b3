//go:build unix

package fakeapi

import (
	"io"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// exact says that a socket and a listener can be asked what they hold unread.
const exact = true

// readRaw waits for bytes on the file descriptor and takes them in. Reading and
// accounting are one step under c.mu, and c.idle is set only where a read has
// just found nothing: so whoever holds c.mu and sees an idle connection with an
// empty socket knows that nothing is on its way.
func (c *conn) readRaw() error {
	var err error
	waited := c.raw.Read(func(fd uintptr) bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		var n int
		c.in = slices.Grow(c.in, readSize)
		for {
			n, err = unix.Read(int(fd), c.in[len(c.in):len(c.in)+readSize])
			if err != unix.EINTR {
				break
			}
		}
		if err == unix.EAGAIN {
			c.idle = true
			c.server.changes.wake()
			return false
		}
		c.idle = false
		if err == nil && n == 0 {
			err = io.EOF
		}
		c.takeIn(n, err)
		return true
	})
	if waited != nil { // the deadline, or a connection of ours that is closed
		c.setIdle(false)
		return waited
	}
	return err
}

// quiet says that nothing has reached the socket that is not read. The caller
// holds c.mu.
func (c *conn) quiet() bool {
	quiet := true
	var one [1]byte
	c.raw.Control(func(fd uintptr) {
		_, _, err := unix.Recvfrom(int(fd), one[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		quiet = err == unix.EAGAIN
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
