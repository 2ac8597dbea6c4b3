package flash

import (
	"fmt"

	"github.com/espy-hil/espy/sim/errno"
)

// ROM makes a folder of files that never change, and can be a part of any number of
// file systems.
func ROM(files map[string][]byte) (*Node, error) {
	const far = 1 << 40 // from the inodes of those
	fs := New()
	fs.inodes = far
	for name, data := range files {
		if e := fs.WriteFile(name, data); e != errno.OK {
			return nil, fmt.Errorf("putting %s into a ROM: errno %d", name, e)
		}
	}
	protect(fs.root)
	return fs.root, nil
}

func protect(n *Node) {
	n.readOnly = true
	for _, c := range n.children {
		protect(c)
	}
}

// Mount puts a ROM into the root folder.
func (fs *FS) Mount(name string, rom *Node) {
	n := *rom
	n.Name = name
	fs.root.children[name] = &n
}
