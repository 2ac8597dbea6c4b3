//go:build !unix

package fakeapi

import "syscall"

// exact says that a socket and a listener can be asked what they hold unread.
const exact = false

// taking is what reading a file descriptor needs.
type taking struct{}

// wait reads as any connection is read: without file descriptors that can be
// asked, nothing better is to be had.
func (c *conn) wait(p []byte) (int, error) { return c.waitPlain(p) }

func (c *conn) quiet() bool { return true }

func hasBacklog(syscall.RawConn) bool { return false }
