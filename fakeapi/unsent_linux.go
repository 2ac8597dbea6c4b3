package fakeapi

import "golang.org/x/sys/unix"

// unsent counts the bytes that the client's host has not acknowledged yet.
func (c *conn) unsent() (n int) {
	if c.raw != nil {
		c.raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) })
	}
	return n
}
