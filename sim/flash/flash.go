// Package flash is a virtual board's file system: a tree in memory with the
// operations of POSIX that the VM's C library asks for.
//
//	FS --Lookup path--> Node (a folder with children, or a file with bytes)
//	   --Open---------> Handle (a place in a file)
//
//	   --Keep---------> Folder (the same on the host's disk)
//
// A part of the tree may be read-only (the board's ROM). One goroutine at a time
// may use an FS: the board's own, or whoever prepares it before it is powered.
//
// Room is taken as littlefs takes it, which ESP boards have: in blocks. A folder has
// two, a file as many as it fills, and none if it is so short that its folder holds it.
// Until a file that is written anew is closed, what it was before has its blocks too.
package flash

import (
	"path"
	"sort"
	"strings"
	"time"

	"github.com/espy-hil/espy/sim/errno"
)

// Node is a file or a folder.
type Node struct {
	Name     string
	Inode    uint64
	Modified time.Time
	Data     []byte
	children map[string]*Node // nil for a file
	readOnly bool
	shared   bool // Data is a snapshot's too: copied before it is written to
}

// IsDir tells a folder from a file.
func (n *Node) IsDir() bool { return n.children != nil }

// Children lists a folder by name.
func (n *Node) Children() []*Node {
	list := make([]*Node, 0, len(n.children))
	for _, c := range n.children {
		list = append(list, c)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

// FS is a file system with a current folder.
type FS struct {
	root     *Node
	cwd      string
	inodes   uint64
	held     int // blocks of contents that files being written anew have had
	folder   *Folder
	Capacity int // its size in bytes
	Now      func() time.Time
	// Write is told of each write before it is made: so many bytes, or 1 for a name that
	// is made, removed or changed and for a file that is emptied. It says how many of
	// them the power lasts for, and what to do then. nil: it lasts.
	Write func(n int) (lasts int, lost func())
}

// Block is the unit of a flash, in bytes.
const Block = 4096

// inline is how long a file may be that its folder holds: littlefs's cache, of four
// times the 32 bytes that MicroPython has it write at once.
const inline = 128

// DefaultCapacity is the size of the file system on a board with 4 MB of flash.
const DefaultCapacity = 2 << 20

// New returns an empty file system.
func New() *FS {
	fs := &FS{cwd: "/", Capacity: DefaultCapacity, Now: time.Now}
	fs.root = fs.newNode("", true)
	return fs
}

func (fs *FS) newNode(name string, dir bool) *Node {
	fs.inodes++
	n := &Node{Name: name, Inode: fs.inodes, Modified: fs.Now()}
	if dir {
		n.children = map[string]*Node{}
	}
	return n
}

// Used is how much of the flash is, in bytes: whole blocks.
func (fs *FS) Used() int { return (fs.root.blocks() + fs.held) * Block }

func (n *Node) blocks() (all int) {
	switch {
	case n.readOnly: // ROM has its own
		return 0
	case !n.IsDir():
		return blocks(len(n.Data))
	}
	for _, c := range n.children {
		all += c.blocks()
	}
	return all + dirBlocks
}

const dirBlocks = 2

// blocks is how many a file of some length has.
func blocks(length int) int {
	if length <= inline {
		return 0
	}
	return (length + Block - 1) / Block
}

// room tells whether there is some for so many blocks more.
func (fs *FS) room(more int) bool { return more <= 0 || fs.Used()+more*Block <= fs.Capacity }

// writes makes a change that counts as one byte: first where the flash is kept, then
// here.
func (fs *FS) writes(keep func(*Folder) error, change func()) errno.Errno {
	lost := func() {}
	if fs.Write != nil {
		lasts, then := fs.Write(1)
		if lasts < 1 {
			then()
		}
		if then != nil {
			lost = then
		}
	}
	if fs.folder != nil {
		if err := keep(fs.folder); err != nil {
			return fs.folder.trouble(err)
		}
	}
	change()
	lost()
	return errno.OK
}

// Getcwd is the current folder.
func (fs *FS) Getcwd() string { return fs.cwd }

// Restart makes the root the current folder, as after a reset. What the host has
// changed in the folder where the flash is kept is there from now on.
func (fs *FS) Restart() {
	fs.cwd, fs.held = "/", 0
	if fs.folder != nil {
		fs.load()
	}
}

// Chdir changes the current folder.
func (fs *FS) Chdir(name string) errno.Errno {
	n, e := fs.Lookup(name)
	if e != errno.OK {
		return e
	}
	if !n.IsDir() {
		return errno.ENOTDIR
	}
	fs.cwd = fs.absolute(name)
	return errno.OK
}

func (fs *FS) absolute(name string) string {
	if !strings.HasPrefix(name, "/") {
		name = fs.cwd + "/" + name
	}
	return path.Clean(name)
}

// Lookup finds a file or folder.
func (fs *FS) Lookup(name string) (*Node, errno.Errno) {
	if name == "" {
		return nil, errno.ENOENT
	}
	n := fs.root
	for part := range strings.SplitSeq(strings.Trim(fs.absolute(name), "/"), "/") {
		if part == "" {
			continue
		}
		if !n.IsDir() {
			return nil, errno.ENOTDIR
		}
		child := n.children[part]
		if child == nil {
			return nil, errno.ENOENT
		}
		n = child
	}
	return n, errno.OK
}

// parent finds the folder that holds name, and its last element.
func (fs *FS) parent(name string) (*Node, string, errno.Errno) {
	abs := fs.absolute(name)
	if name == "" || abs == "/" {
		return nil, "", errno.EINVAL
	}
	dir, base := path.Split(abs)
	n, e := fs.Lookup(dir)
	switch {
	case e == errno.OK && !n.IsDir():
		e = errno.ENOTDIR
	case e == errno.OK && fs.folder != nil && n == fs.root && isAside(base):
		e = errno.EROFS
	}
	return n, base, e
}

// Mkdir makes a folder.
func (fs *FS) Mkdir(name string) errno.Errno {
	dir, base, e := fs.parent(name)
	switch {
	case e == errno.EINVAL:
		return errno.EEXIST // the root
	case e != errno.OK:
		return e
	case dir.children[base] != nil:
		return errno.EEXIST
	case dir.readOnly:
		return errno.EROFS
	case !fs.room(dirBlocks):
		return errno.ENOSPC
	}
	abs := fs.absolute(name)
	return fs.writes(func(f *Folder) error { return f.mkdir(abs) }, func() {
		dir.children[base] = fs.newNode(base, true)
	})
}

// Remove deletes a file (dir false) or an empty folder (dir true).
func (fs *FS) Remove(name string, dir bool) errno.Errno {
	n, e := fs.Lookup(name)
	if e != errno.OK {
		return e
	}
	switch {
	case dir && !n.IsDir():
		return errno.ENOTDIR
	case !dir && n.IsDir():
		return errno.EISDIR
	case len(n.children) > 0:
		return errno.ENOTEMPTY
	}
	parent, base, e := fs.parent(name)
	if e != errno.OK {
		return e
	}
	if n.readOnly || parent.readOnly {
		return errno.EROFS
	}
	abs := fs.absolute(name)
	return fs.writes(func(f *Folder) error { return f.remove(abs) }, func() { delete(parent.children, base) })
}

// Rename moves a file or folder, replacing a file that has the new name.
func (fs *FS) Rename(from, to string) errno.Errno {
	n, e := fs.Lookup(from)
	if e != errno.OK {
		return e
	}
	oldDir, oldBase, e := fs.parent(from)
	if e != errno.OK {
		return e
	}
	newDir, newBase, e := fs.parent(to)
	if e != errno.OK {
		return e
	}
	target := newDir.children[newBase]
	switch {
	case target == n:
		return errno.OK
	case n.readOnly || oldDir.readOnly || newDir.readOnly:
		return errno.EROFS
	case n.IsDir() && strings.HasPrefix(fs.absolute(to)+"/", fs.absolute(from)+"/"):
		return errno.EINVAL
	case target != nil && target.IsDir() != n.IsDir():
		if target.IsDir() {
			return errno.EISDIR
		}
		return errno.ENOTDIR
	case target != nil && len(target.children) > 0:
		return errno.ENOTEMPTY
	}
	oldName, newName := fs.absolute(from), fs.absolute(to)
	return fs.writes(func(f *Folder) error { return f.rename(oldName, newName) }, func() {
		delete(oldDir.children, oldBase)
		n.Name = newBase
		newDir.children[newBase] = n
	})
}

// WriteFile puts a file in place from the host's side, with the folders it needs. data
// is the file's from now on, until the board writes to it, and not to be changed.
func (fs *FS) WriteFile(name string, data []byte) errno.Errno {
	abs := path.Clean("/" + name)
	for i, c := range abs {
		if c == '/' && i > 0 {
			if e := fs.Mkdir(abs[:i]); e != errno.OK && e != errno.EEXIST {
				return e
			}
		}
	}
	h, e := fs.Open(abs, Write|Create|Truncate)
	if e != errno.OK {
		return e
	}
	defer h.Close()
	if fs.Write != nil || fs.folder != nil {
		_, e = h.Write(data)
		return e
	}
	if !fs.room(blocks(len(data))) {
		return errno.ENOSPC
	}
	h.node.Data, h.node.shared, h.node.Modified = data, true, fs.Now()
	return errno.OK
}
