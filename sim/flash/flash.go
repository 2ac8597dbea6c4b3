// Package flash is a virtual board's file system: a tree in memory with the
// operations of POSIX that the VM's C library asks for.
//
//	FS --Lookup path--> Node (a folder with children, or a file with bytes)
//	   --Open---------> Handle (a place in a file)
//
// A part of the tree may be read-only (the board's ROM). One goroutine at a time
// may use an FS: the board's own, or whoever prepares it before it is powered.
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
	used     int
	Capacity int // bytes that files may hold in all
	Now      func() time.Time
}

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

// Used is how many bytes the files hold.
func (fs *FS) Used() int { return fs.used }

// Getcwd is the current folder.
func (fs *FS) Getcwd() string { return fs.cwd }

// Restart makes the root the current folder, as after a reset.
func (fs *FS) Restart() { fs.cwd = "/" }

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
	if e == errno.OK && !n.IsDir() {
		e = errno.ENOTDIR
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
	}
	dir.children[base] = fs.newNode(base, true)
	return errno.OK
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
	fs.used -= len(n.Data)
	delete(parent.children, base)
	return errno.OK
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
	if target != nil {
		fs.used -= len(target.Data)
	}
	delete(oldDir.children, oldBase)
	n.Name = newBase
	newDir.children[newBase] = n
	return errno.OK
}

// WriteFile puts a file in place from the host's side, with the folders it needs.
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
	_, e = h.Write(data)
	return e
}

// Protect makes a file or folder and all below it read-only: the board's ROM.
func (fs *FS) Protect(name string) errno.Errno {
	n, e := fs.Lookup(name)
	if e == errno.OK {
		protect(n)
	}
	return e
}

func protect(n *Node) {
	n.readOnly = true
	for _, c := range n.children {
		protect(c)
	}
}
