package flash

import "maps"

// Snapshot is a file system as it was at one moment.
type Snapshot struct {
	root *Node
	cwd  string
}

// Save remembers the file system. Contents are shared until they are written to.
func (fs *FS) Save() *Snapshot { return &Snapshot{fs.root.share(), fs.cwd} }

// Restore takes the file system back to a snapshot. Handles that are open go on
// with the files that they had.
func (fs *FS) Restore(s *Snapshot) {
	fs.root, fs.cwd, fs.held = s.root.share(), s.cwd, 0
	if fs.folder != nil {
		fs.store()
	}
}

// share copies a tree whose files share their bytes with the original. A tree that
// is shared already is only read: several file systems may be restored from it.
func (n *Node) share() *Node {
	if n.readOnly { // it is all boards'
		return n
	}
	if !n.shared {
		n.shared = true
	}
	c := *n
	c.children = maps.Clone(n.children)
	for name, child := range c.children {
		c.children[name] = child.share()
	}
	return &c
}
