package fakeapi

import "golang.org/x/sys/unix"

// unsent counts the bytes that the client's host has not acknowledged yet.
func (c *conn) unsent() int { return c.ask(unix.SIOCOUTQ) }

// queued counts the bytes that have not left this host yet, and still may: of a
// connection that was reset, the kernel goes on counting what it has dropped.
func (c *conn) queued() int {
	if c.over() {
		return 0
	}
	return c.ask(unix.SIOCOUTQNSD)
}

// over says that the connection is closed both ways, or was reset.
func (c *conn) over() (over bool) {
	const tcpClose = 7 // TCP_CLOSE of the kernel's net/tcp_states.h
	if c.raw != nil {
		c.raw.Control(func(fd uintptr) {
			info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
			over = err == nil && info.State == tcpClose
		})
	}
	return over
}

// ask asks the socket for a number; 0 where there is none to ask, or no longer.
func (c *conn) ask(what uint) (n int) {
	if c.raw != nil {
		c.raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), what) })
	}
	return n
}
