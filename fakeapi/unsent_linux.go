package fakeapi

import "golang.org/x/sys/unix"

// unsent counts the bytes that the client's host has not acknowledged yet.
func (c *conn) unsent() int { return c.ask(unix.SIOCOUTQ) }

// queued counts the bytes that have not left this host yet.
func (c *conn) queued() int { return c.ask(unix.SIOCOUTQNSD) }

// ask asks the socket for a number; 0 where there is none to ask, or no longer.
func (c *conn) ask(what uint) (n int) {
	if c.raw != nil {
		c.raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), what) })
	}
	return n
}
