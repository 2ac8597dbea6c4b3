// Package errno holds the error numbers that the virtual board's C library
// understands. They are Linux's, whatever the host runs, because the VM hands
// them through to Python unchanged; only EINTR is the WASI number, since that
// one the C library looks at itself.
package errno

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// Errno is an error number as Python's OSError.errno shows it; 0 is no error.
type Errno uint32

// The numbers in use, by their names in errno.h.
const (
	OK           Errno = 0
	ENOENT       Errno = 2
	EIO          Errno = 5
	EBADF        Errno = 9
	EAGAIN       Errno = 11
	ENOMEM       Errno = 12
	EACCES       Errno = 13
	EEXIST       Errno = 17
	ENODEV       Errno = 19
	ENOTDIR      Errno = 20
	EISDIR       Errno = 21
	EINVAL       Errno = 22
	ENFILE       Errno = 23
	EMFILE       Errno = 24
	EINTR        Errno = 27 // WASI's number
	ENOSPC       Errno = 28
	ESPIPE       Errno = 29
	EROFS        Errno = 30
	EPIPE        Errno = 32
	ENOTEMPTY    Errno = 39
	EADDRINUSE   Errno = 98
	ENETUNREACH  Errno = 101
	ECONNABORTED Errno = 103
	ECONNRESET   Errno = 104
	EISCONN      Errno = 106
	ENOTCONN     Errno = 107
	ETIMEDOUT    Errno = 110
	ECONNREFUSED Errno = 111
	EHOSTUNREACH Errno = 113
	EALREADY     Errno = 114
	EINPROGRESS  Errno = 115
)

// FromNet gives the number for an error of package net; what it does not know is EIO.
func FromNet(err error) Errno {
	for _, known := range []struct {
		err error
		no  Errno
	}{
		{os.ErrDeadlineExceeded, ETIMEDOUT},
		{syscall.ECONNREFUSED, ECONNREFUSED},
		{syscall.ECONNRESET, ECONNRESET},
		{syscall.EPIPE, EPIPE},
		{syscall.ECONNABORTED, ECONNABORTED},
		{syscall.EHOSTUNREACH, EHOSTUNREACH},
		{syscall.ENETUNREACH, ENETUNREACH},
		{syscall.EADDRINUSE, EADDRINUSE},
		{syscall.EACCES, EACCES},
		{syscall.ETIMEDOUT, ETIMEDOUT},
		{net.ErrClosed, EBADF},
		{io.ErrClosedPipe, EPIPE},
	} {
		if errors.Is(err, known.err) {
			return known.no
		}
	}
	if err == nil {
		return OK
	}
	return EIO
}
