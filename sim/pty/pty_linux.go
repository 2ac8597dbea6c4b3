// Package pty opens pseudo-terminals that carry a UART's bytes: every byte as it is,
// with deadlines on our end.
package pty

import (
	"errors"
	"os"
	"strconv"

	sys "golang.org/x/sys/unix"
)

// Open opens a pty. wire is our end; terminal is the other, for a program to open as
// it opens a serial port, and passes every byte as it is: see [Raw].
func Open() (wire, terminal *os.File, err error) {
	wire, err = os.OpenFile("/dev/ptmx", os.O_RDWR|sys.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, wire.Close())
		}
	}()
	var number uint32
	err = Control(wire, func(fd int) (err error) {
		if err = sys.IoctlSetPointerInt(fd, sys.TIOCSPTLCK, 0); err != nil {
			return err
		}
		number, err = sys.IoctlGetUint32(fd, sys.TIOCGPTN)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	terminal, err = os.OpenFile("/dev/pts/"+strconv.FormatUint(uint64(number), 10), os.O_RDWR|sys.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	if err = Raw(terminal); err != nil {
		return nil, nil, errors.Join(err, terminal.Close())
	}
	return wire, terminal, nil
}

// Raw has the terminal pass every byte, at once and unchanged. Either end may be
// given.
func Raw(end *os.File) error {
	raw := sys.Termios{Cflag: sys.CS8 | sys.CREAD | sys.B115200}
	raw.Cc[sys.VMIN] = 1
	return Control(end, func(fd int) error { return sys.IoctlSetTermios(fd, sys.TCSETS, &raw) })
}

// Control does something with a file's descriptor without taking it out of the
// runtime's poller, as Fd would: reads and writes that wait must end with Close.
func Control(f *os.File, do func(fd int) error) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) { failed = do(int(fd)) })
	return errors.Join(err, failed)
}
