package flash

import (
	"bytes"

	"github.com/espy-hil/espy/sim/errno"
)

// Flags say how a file is opened.
type Flags int

// The ways of opening a file.
const (
	Read Flags = 1 << iota
	Write
	Append
	Create
	Truncate
)

// Handle is an open file or folder, and the place in it.
type Handle struct {
	fs    *FS
	node  *Node
	flags Flags
	place int
}

// Open opens or makes a file. A folder may be opened for reading only.
func (fs *FS) Open(name string, flags Flags) (*Handle, errno.Errno) {
	n, e := fs.Lookup(name)
	if e == errno.ENOENT && flags&Create != 0 {
		dir, base, pe := fs.parent(name)
		if pe != errno.OK {
			return nil, pe
		}
		if dir.readOnly {
			return nil, errno.EROFS
		}
		n, e = fs.newNode(base, false), errno.OK
		dir.children[base] = n
	}
	switch {
	case e != errno.OK:
		return nil, e
	case flags&Write != 0 && n.IsDir():
		return nil, errno.EISDIR
	case flags&Write != 0 && n.readOnly:
		return nil, errno.EROFS
	}
	h := &Handle{fs: fs, node: n, flags: flags}
	if flags&Truncate != 0 {
		fs.used -= len(n.Data)
		n.Data = nil
		n.Modified = fs.Now()
	}
	return h, errno.OK
}

// Node is what the handle is open on.
func (h *Handle) Node() *Node { return h.node }

// Read takes bytes at the place; 0 at the end.
func (h *Handle) Read(p []byte) (int, errno.Errno) {
	if h.node.IsDir() {
		return 0, errno.EISDIR
	}
	if h.flags&Read == 0 {
		return 0, errno.EBADF
	}
	if h.place >= len(h.node.Data) {
		return 0, errno.OK
	}
	n := copy(p, h.node.Data[h.place:])
	h.place += n
	return n, errno.OK
}

// Write puts bytes at the place, or at the end. What does not fit is refused as a whole.
func (h *Handle) Write(p []byte) (int, errno.Errno) {
	if h.flags&Write == 0 {
		return 0, errno.EBADF
	}
	if h.flags&Append != 0 {
		h.place = len(h.node.Data)
	}
	end := h.place + len(p)
	if grow := end - len(h.node.Data); grow > 0 {
		if h.fs.used+grow > h.fs.Capacity {
			return 0, errno.ENOSPC
		}
		h.fs.used += grow
		h.node.own()
		h.node.Data = append(h.node.Data, make([]byte, grow)...)
	}
	h.node.own()
	copy(h.node.Data[h.place:], p)
	h.place = end
	h.node.Modified = h.fs.Now()
	return len(p), errno.OK
}

// own gives the file bytes that it shares with no snapshot.
func (n *Node) own() {
	if n.shared {
		n.Data = bytes.Clone(n.Data)
		n.shared = false
	}
}

// SeekTo moves the place: whence 0 from the start, 1 from here, 2 from the end.
func (h *Handle) SeekTo(offset int64, whence uint32) (int64, errno.Errno) {
	switch whence {
	case 0:
	case 1:
		offset += int64(h.place)
	case 2:
		offset += int64(len(h.node.Data))
	default:
		return 0, errno.EINVAL
	}
	if offset < 0 || offset > int64(h.fs.Capacity) {
		return 0, errno.EINVAL
	}
	h.place = int(offset)
	return offset, errno.OK
}

// Close lets go of the file.
func (h *Handle) Close() errno.Errno { return errno.OK }
