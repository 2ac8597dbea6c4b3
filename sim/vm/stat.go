package vm

import (
	"encoding/binary"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/flash"
)

// File types in st_mode.
const (
	modeDir  = 0o040755
	modeFile = 0o100644
)

const blockSize = flash.Block

// stat64(path, out)
func stat64(m *Machine, stack []uint64) {
	n, e := m.host.Flash.Lookup(m.cstring(stack[0]))
	stack[0] = m.result(0, m.putStat(n, e, uint32(stack[1])))
}

// newfstatat(dirfd, path, out, flags)
func newfstatat(m *Machine, stack []uint64) {
	n, e := m.host.Flash.Lookup(m.cstring(stack[1]))
	stack[0] = m.result(0, m.putStat(n, e, uint32(stack[2])))
}

// fstat64(fd, out)
func fstat64(m *Machine, stack []uint64) {
	h, ok := m.files[int32(stack[0])].(*flash.Handle)
	if !ok {
		stack[0] = m.result(0, errno.EBADF)
		return
	}
	stack[0] = m.result(0, m.putStat(h.Node(), errno.OK, uint32(stack[1])))
}

// putStat writes a struct stat: 96 bytes, the same in all releases (measured).
func (m *Machine) putStat(n *flash.Node, e errno.Errno, out uint32) errno.Errno {
	if e != errno.OK {
		return e
	}
	var s [96]byte
	mode := uint32(modeFile)
	if n.IsDir() {
		mode = modeDir
	}
	le := binary.LittleEndian
	le.PutUint32(s[4:], mode)
	le.PutUint32(s[8:], 1)
	le.PutUint64(s[24:], uint64(len(n.Data)))
	le.PutUint32(s[32:], blockSize)
	le.PutUint64(s[56:], uint64(n.Modified.Unix()))
	le.PutUint64(s[88:], n.Inode)
	return m.put(out, s[:])
}

func (m *Machine) put(address uint32, p []byte) errno.Errno {
	if !m.memory.Write(address, p) {
		panic(errBadAddress)
	}
	return errno.OK
}

// direntSize is what one entry takes: inode +0, offset +8, length +16, type +18,
// name +19 (measured).
const direntSize = 280

// getdents64(fd, out, size)
func getdents64(m *Machine, stack []uint64) {
	h, ok := m.files[int32(stack[0])].(*flash.Handle)
	if !ok || !h.Node().IsDir() {
		stack[0] = m.result(0, errno.ENOTDIR)
		return
	}
	place, _ := h.SeekTo(0, 1)
	children := h.Node().Children()
	written := uint32(0)
	for written+direntSize <= uint32(stack[2]) && int(place) < len(children) {
		child := children[place]
		place++
		m.put(uint32(stack[1])+written, dirent(child, place))
		written += direntSize
	}
	_, _ = h.SeekTo(place, 0)
	stack[0] = uint64(written)
}

func dirent(n *flash.Node, next int64) []byte {
	const typeDir, typeFile = 4, 8
	d := make([]byte, direntSize)
	le := binary.LittleEndian
	le.PutUint64(d[0:], n.Inode)
	le.PutUint64(d[8:], uint64(next))
	le.PutUint16(d[16:], direntSize)
	d[18] = typeFile
	if n.IsDir() {
		d[18] = typeDir
	}
	copy(d[19:direntSize-1], n.Name)
	return d
}

// statfs64(path, size, out): the layout changed with 1.27 (measured).
func statfs64(m *Machine, stack []uint64) {
	// The empty name is the current folder here, as on a board: mpremote df asks so.
	if name := m.cstring(stack[0]); name != "" {
		if _, e := m.host.Flash.Lookup(name); e != errno.OK {
			stack[0] = m.result(0, e)
			return
		}
	}
	fs := m.host.Flash
	total := uint64(fs.Capacity / blockSize)
	free := uint64(max(0, fs.Capacity-fs.Used()) / blockSize)
	const nameMax = 255
	s := make([]byte, uint32(stack[1]))
	le := binary.LittleEndian
	if len(s) >= 88 {
		le.PutUint32(s[4:], blockSize)
		for i, v := range []uint64{total, free, free, total, free} {
			le.PutUint64(s[8+8*i:], v)
		}
		le.PutUint32(s[56:], nameMax)
		le.PutUint32(s[60:], blockSize)
	} else if len(s) >= 44 {
		le.PutUint32(s[4:], blockSize)
		for i, v := range []uint64{total, free, free, total, free} {
			le.PutUint32(s[8+4*i:], uint32(v))
		}
		le.PutUint32(s[36:], nameMax)
		le.PutUint32(s[40:], blockSize)
	}
	stack[0] = m.result(0, m.put(uint32(stack[2]), s))
}

// getcwd(out, size)
func getcwd(m *Machine, stack []uint64) {
	cwd := append([]byte(m.host.Flash.Getcwd()), 0)
	m.put(uint32(stack[0]), cwd)
	stack[0] = uint64(len(cwd))
}

func pathCall(f func(m *Machine, name string) errno.Errno) func(*Machine, []uint64) {
	return func(m *Machine, stack []uint64) {
		stack[0] = m.result(0, f(m, m.cstring(stack[0])))
	}
}

// mkdirat(dirfd, path, mode)
func mkdirat(m *Machine, stack []uint64) {
	stack[0] = m.result(0, m.host.Flash.Mkdir(m.cstring(stack[1])))
}

// unlinkat(dirfd, path, flags)
func unlinkat(m *Machine, stack []uint64) {
	const removeDir = 0x200
	stack[0] = m.result(0, m.host.Flash.Remove(m.cstring(stack[1]), uint32(stack[2])&removeDir != 0))
}

// renameat(fromfd, from, tofd, to)
func renameat(m *Machine, stack []uint64) {
	stack[0] = m.result(0, m.host.Flash.Rename(m.cstring(stack[1]), m.cstring(stack[3])))
}
