package link

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// window has the peer's host see a small receive window, in segments as small as a
// chip's. Linux keeps to no less than 1152 bytes.
func (c *Conditions) window() func(network, address string, raw syscall.RawConn) error {
	if c.Window == 0 {
		return nil
	}
	return func(_, _ string, raw syscall.RawConn) error {
		var err error
		controlErr := raw.Control(func(fd uintptr) {
			for _, option := range []struct{ level, name, value int }{
				{unix.IPPROTO_TCP, unix.TCP_MAXSEG, segment},
				{unix.IPPROTO_TCP, unix.TCP_WINDOW_CLAMP, c.Window / 2},
				{unix.SOL_SOCKET, unix.SO_RCVBUF, c.Window / 2}, // the kernel doubles it
			} {
				if err == nil {
					err = unix.SetsockoptInt(int(fd), option.level, option.name, option.value)
				}
			}
		})
		if err == nil {
			err = controlErr
		}
		return err
	}
}
