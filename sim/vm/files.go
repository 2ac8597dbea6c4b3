package vm

import (
	"strings"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/flash"
)

// maxFiles bounds the open files of one board.
const maxFiles = 64

// firstFile follows the console's 0, 1 and 2.
const firstFile = 3

// OpenFile implements Waiter.
func (m *Machine) OpenFile(f File) (int64, errno.Errno) { return m.addFile(f) }

func (m *Machine) addFile(f any) (int64, errno.Errno) {
	if len(m.files) >= maxFiles {
		return 0, errno.EMFILE
	}
	for fd := int32(firstFile); ; fd++ {
		if _, taken := m.files[fd]; !taken {
			m.files[fd] = f
			return int64(fd), errno.OK
		}
	}
}

func (m *Machine) closeFile(fd int32) errno.Errno {
	f, ok := m.files[fd]
	if !ok {
		return errno.EBADF
	}
	delete(m.files, fd)
	f.(interface{ Close() }).Close()
	return errno.OK
}

// openat(dirfd, path, flags, varargs)
func openat(m *Machine, stack []uint64) {
	stack[0] = m.result(m.open(m.cstring(stack[1]), uint32(stack[2])))
}

func (m *Machine) open(name string, flags uint32) (int64, errno.Errno) {
	if device, ok := strings.CutPrefix(name, "/dev/"); ok {
		f, e := m.host.Device(device)
		if e != errno.OK {
			return 0, e
		}
		return m.addFile(f)
	}
	h, e := m.host.Flash.Open(name, openFlags(flags))
	if e != errno.OK {
		return 0, e
	}
	return m.addFile(h)
}

// openFlags translates musl's O_ constants.
func openFlags(flags uint32) flash.Flags {
	const (
		accessMode = 0x3
		writeOnly  = 0x1
		readWrite  = 0x2
		create     = 0x40
		truncate   = 0x200
		appending  = 0x400
	)
	var f flash.Flags
	switch flags & accessMode {
	case writeOnly:
		f = flash.Write
	case readWrite:
		f = flash.Read | flash.Write
	default:
		f = flash.Read
	}
	for bit, flag := range map[uint32]flash.Flags{create: flash.Create, truncate: flash.Truncate, appending: flash.Append} {
		if flags&bit != 0 {
			f |= flag
		}
	}
	return f
}

// fdRead(fd, iovecs, count, out)
func fdRead(m *Machine, stack []uint64) {
	fd, iovecs, count, out := int32(stack[0]), uint32(stack[1]), uint32(stack[2]), uint32(stack[3])
	total := 0
	for i := range count {
		p := m.iovec(iovecs, i)
		n, e := m.read(fd, p)
		if e != errno.OK {
			stack[0] = uint64(e)
			return
		}
		total += n
		if n < len(p) {
			break
		}
	}
	m.memory.WriteUint32Le(out, uint32(total))
	stack[0] = 0
}

func (m *Machine) read(fd int32, p []byte) (int, errno.Errno) {
	switch f := m.files[fd].(type) {
	case *flash.Handle:
		return f.Read(p)
	case File:
		return f.Read(m, p)
	}
	if fd == 0 {
		return m.readConsole(p)
	}
	return 0, errno.EBADF
}

// readConsole waits for bytes on the UART.
func (m *Machine) readConsole(p []byte) (int, errno.Errno) {
	for {
		woken := false
		var n int
		var err error
		e := m.Wait(func() { m.host.WakeInput() }, func() {
			n, err = m.host.Input(p, func() error {
				if woken {
					return errWoken
				}
				woken = true // asked before the first wait: the next time it was woken
				return m.stop()
			})
		})
		n, late := m.takeInterrupt(p[:n]) // it may have come between the look and the read
		switch {
		case n > 0: // even if an interrupt came with it: that is raised after the read
			return n, errno.OK
		case late:
			return 0, errno.EINTR
		case e != errno.OK:
			return 0, e
		case err != nil && err != errWoken:
			panic(ErrHalted) // the UART is gone, and the board with it
		case len(p) == 0:
			return 0, errno.OK
		}
	}
}

// fdWrite(fd, iovecs, count, out)
func fdWrite(m *Machine, stack []uint64) {
	fd, iovecs, count, out := int32(stack[0]), uint32(stack[1]), uint32(stack[2]), uint32(stack[3])
	total := 0
	for i := range count {
		n, e := m.write(fd, m.iovec(iovecs, i))
		if e != errno.OK {
			stack[0] = uint64(e)
			return
		}
		total += n
	}
	m.memory.WriteUint32Le(out, uint32(total))
	stack[0] = 0
}

func (m *Machine) write(fd int32, p []byte) (int, errno.Errno) {
	switch f := m.files[fd].(type) {
	case *flash.Handle:
		return f.Write(p)
	case File:
		if len(p) == 0 {
			return 0, errno.OK
		}
		return f.Write(m, p)
	}
	switch fd {
	case 1, 2:
		return len(p), m.print(m.host.Print, p)
	case rawConsole:
		return len(p), m.print(m.host.PrintRaw, p)
	}
	return 0, errno.EBADF
}

// rawConsole is the file that the ROM has sys.stdout.buffer stand on. For the VM it is
// no other than sys.stdout's, 1; on a board it passes line ends through as they are.
const rawConsole = 1000

// print goes out on the UART, and waits while nobody takes it.
func (m *Machine) print(out func([]byte) error, p []byte) errno.Errno {
	if err := out(p); err != nil {
		panic(ErrHalted)
	}
	return errno.OK
}

// fdSeek(fd, offset, whence, out); up to 1.24 the offset comes in two halves.
func fdSeek(m *Machine, stack []uint64) {
	fd, offset, rest := int32(stack[0]), int64(stack[1]), stack[2:]
	if m.code.splitSeek {
		offset, rest = int64(uint64(uint32(stack[1]))|stack[2]<<32), stack[3:]
	}
	whence, out := uint32(rest[0]), uint32(rest[1])
	var place int64
	e := errno.EBADF
	switch f := m.files[fd].(type) {
	case *flash.Handle:
		place, e = f.SeekTo(offset, whence)
	case File:
		place, e = f.Control(m, whence, offset)
	default:
		if fd >= 0 && fd < firstFile {
			e = errno.ESPIPE
		}
	}
	if e == errno.OK {
		m.memory.WriteUint64Le(out, uint64(place))
	}
	stack[0] = uint64(e)
}

func fdClose(m *Machine, stack []uint64) { stack[0] = uint64(m.closeFile(int32(stack[0]))) }

// fdSync: flash is written at once.
func fdSync(_ *Machine, stack []uint64) { stack[0] = 0 }

// iovec gives the i-th buffer of an array of (address, length).
func (m *Machine) iovec(array, i uint32) []byte {
	address, _ := m.memory.ReadUint32Le(array + 8*i)
	length, _ := m.memory.ReadUint32Le(array + 8*i + 4)
	p, ok := m.memory.Read(address, length)
	if !ok {
		panic(errBadAddress)
	}
	return p
}

// cstring reads a string that ends with a zero byte.
func (m *Machine) cstring(address uint64) string {
	const longest = 4096
	start := uint32(address)
	for n := uint32(0); n < longest; n++ {
		b, ok := m.memory.ReadByte(start + n)
		if !ok {
			break
		}
		if b == 0 {
			p, _ := m.memory.Read(start, n)
			return string(p)
		}
	}
	panic(errBadAddress)
}

// result is how a system call returns: a number, or a negative error number.
func (m *Machine) result(n int64, e errno.Errno) uint64 {
	if e != errno.OK {
		return uint64(uint32(-int32(e)))
	}
	return uint64(uint32(n))
}
