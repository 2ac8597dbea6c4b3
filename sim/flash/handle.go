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
	held  int // blocks that its former contents have until it is closed
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
		n, abs := fs.newNode(base, false), fs.absolute(name)
		e = fs.writes(func(f *Folder) error { return f.empty(abs) }, func() { dir.children[base] = n })
		return &Handle{fs: fs, node: n, flags: flags}, e
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
	if flags&Truncate == 0 || len(n.Data) == 0 {
		return h, errno.OK
	}
	abs := fs.absolute(name)
	e = fs.writes(func(f *Folder) error { return f.empty(abs) }, func() {
		h.held = blocks(len(n.Data))
		fs.held += h.held
		n.Data, n.shared = nil, false
		n.Modified = fs.Now()
	})
	return h, e
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

// Write puts bytes at the place, or at the end. What does not fit is refused as a
// whole; when power is lost on the way, a part of them is there.
func (h *Handle) Write(p []byte) (int, errno.Errno) {
	if h.flags&Write == 0 {
		return 0, errno.EBADF
	}
	if h.flags&Append != 0 {
		h.place = len(h.node.Data)
	}
	if len(p) == 0 {
		return 0, errno.OK
	}
	length := max(len(h.node.Data), h.place+len(p))
	if !h.fs.room(blocks(length) - blocks(len(h.node.Data))) {
		return 0, errno.ENOSPC
	}
	var lost func()
	if h.fs.Write != nil {
		var lasts int
		lasts, lost = h.fs.Write(len(p))
		p = p[:lasts]
	}
	if e := h.keep(p); e != errno.OK {
		return 0, e
	}
	if grow := h.place + len(p) - len(h.node.Data); grow > 0 {
		h.node.own()
		h.node.Data = append(h.node.Data, make([]byte, grow)...)
	}
	h.node.own()
	copy(h.node.Data[h.place:], p)
	h.place += len(p)
	h.node.Modified = h.fs.Now()
	if lost != nil {
		lost()
	}
	return len(p), errno.OK
}

// keep writes bytes where the flash is kept, unless the file has been removed since it
// was opened.
func (h *Handle) keep(p []byte) errno.Errno {
	if h.fs.folder == nil || len(p) == 0 {
		return errno.OK
	}
	name := h.fs.root.find(h.node, "")
	if name == "" {
		return errno.OK
	}
	if err := h.fs.folder.write(name, int64(h.place), p, int64(len(h.node.Data))); err != nil {
		return h.fs.folder.trouble(err)
	}
	return errno.OK
}

// find gives the path of a node below this one, whose own it is told; "": it is not there.
func (n *Node) find(wanted *Node, own string) string {
	for name, c := range n.children {
		path := own + "/" + name
		if c == wanted {
			return path
		}
		if found := c.find(wanted, path); found != "" {
			return found
		}
	}
	return ""
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
func (h *Handle) Close() {
	h.fs.held = max(0, h.fs.held-h.held)
	h.held = 0
}
