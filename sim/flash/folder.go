package flash

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"

	"github.com/espy-hil/espy/sim/errno"
)

// Folder is a flash on the host's disk: what a board writes is there at once, and what
// the host changes is the board's from its next start on. Nothing outside the folder is
// reached: neither by names with .. in them nor through links.
type Folder struct {
	path string
	say  func(string) // is told of trouble
	said string       // of what kind that was last
}

// mostFiles bounds what a folder may hold: it may be somebody's home by mistake.
const mostFiles = 5000

// OpenFolder makes the folder if it is not there.
func OpenFolder(path string, say func(string)) (*Folder, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("making the folder of a flash: %w", err)
	}
	return &Folder{path: path, say: say}, nil
}

// Keep has the file system kept in a folder. What is there goes before what the file
// system has of the same name; what it has besides is put there.
func (fs *FS) Keep(f *Folder) error {
	there, err := f.read(fs)
	if err != nil {
		return err
	}
	own := fs.root
	fs.folder = f
	fs.adopt(there)
	return fs.mend(own, "")
}

// mend writes into the folder what only memory has had.
func (fs *FS) mend(n *Node, own string) error {
	for _, c := range n.Children() {
		name := own + "/" + c.Name
		if c.readOnly {
			continue
		}
		_, e := fs.Lookup(name)
		switch {
		case e == errno.OK:
		case c.IsDir():
			e = fs.Mkdir(name)
		default:
			e = fs.WriteFile(name, c.Data)
		}
		if e != errno.OK {
			return fmt.Errorf("putting %s into the flash in %s: errno %d", name, fs.folder.path, e)
		}
		if c.IsDir() {
			if err := fs.mend(c, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// load reads the folder anew. Where that cannot be done the files stay what they were.
func (fs *FS) load() {
	there, err := fs.folder.read(fs)
	if err != nil {
		fs.folder.trouble(err)
		return
	}
	fs.folder.said = ""
	fs.adopt(there)
}

// adopt makes a tree the file system's, but for its ROM.
func (fs *FS) adopt(tree *Node) {
	for name, n := range fs.root.children {
		if n.readOnly {
			tree.children[name] = n
		}
	}
	fs.root = tree
}

// store makes the folder what the file system is.
func (fs *FS) store() {
	if err := fs.folder.in(func(root *os.Root) error {
		there, err := os.ReadDir(fs.folder.path)
		for _, e := range there {
			if !isAside(e.Name()) {
				err = errors.Join(err, root.RemoveAll(e.Name()))
			}
		}
		return errors.Join(err, write(root, fs.root, ""))
	}); err != nil {
		fs.folder.trouble(err)
	}
}

func write(root *os.Root, n *Node, own string) (err error) {
	for _, c := range n.Children() {
		name := path.Join(own, c.Name)
		switch {
		case c.readOnly:
		case c.IsDir():
			err = errors.Join(err, root.Mkdir(name, 0o755), write(root, c, name))
		default:
			err = errors.Join(err, root.WriteFile(name, c.Data, 0o644))
		}
	}
	return err
}

// in opens the folder, which may have gone and come back.
func (f *Folder) in(do func(*os.Root) error) error {
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return err
	}
	defer root.Close()
	return do(root)
}

// read reads the folder into a tree.
func (f *Folder) read(flash *FS) (*Node, error) {
	tree := flash.newNode("", true)
	err := f.in(func(root *os.Root) error {
		files, size := 0, 0
		return fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil || name == "." {
				return err
			}
			if isAside(name) && e.Type().IsRegular() {
				return nil
			}
			if name == "rom" {
				f.tell(name, "its own rom stands in the way of rom in %s", f.path)
				if e.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if files++; files > mostFiles {
				return fmt.Errorf("it holds more than %d files", mostFiles)
			}
			dir, base := path.Split(name)
			in := tree
			for part := range strings.SplitSeq(strings.Trim(dir, "/"), "/") {
				if part != "" {
					in = in.children[part]
				}
			}
			switch {
			case e.IsDir():
				in.children[base] = flash.newNode(base, true)
				return nil
			case !e.Type().IsRegular():
				f.tell(name, "%s in %s is no file, and left out", name, f.path)
				return nil
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			if size += int(min(info.Size(), int64(flash.Capacity)+1)); size > flash.Capacity {
				return fmt.Errorf("it holds more than the %d bytes of the board's flash", flash.Capacity)
			}
			n := flash.newNode(base, false)
			n.Modified = info.ModTime()
			in.children[base] = n
			n.Data, err = root.ReadFile(name)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading the flash in %s: %w", f.path, err)
	}
	return tree, nil
}

// write writes bytes into a file that has so many. What is written of a write that
// fails is taken back.
func (f *Folder) write(name string, at int64, p []byte, length int64) error {
	return f.in(func(root *os.Root) error {
		file, err := root.OpenFile(rel(name), os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			return err
		}
		_, err = file.WriteAt(p, at)
		if err != nil {
			_ = file.Truncate(length) // err says what is wrong with it
		}
		return errors.Join(err, file.Close())
	})
}

func (f *Folder) empty(name string) error {
	return f.in(func(root *os.Root) error { return root.WriteFile(rel(name), nil, 0o644) })
}

func (f *Folder) mkdir(name string) error {
	return f.in(func(root *os.Root) error { return root.Mkdir(rel(name), 0o755) })
}

func (f *Folder) remove(name string) error {
	return f.in(func(root *os.Root) error { return root.Remove(rel(name)) })
}

func (f *Folder) rename(from, to string) error {
	return f.in(func(root *os.Root) error { return root.Rename(rel(from), rel(to)) })
}

// rel is a path of the board's as one below the folder.
func rel(name string) string { return strings.TrimPrefix(name, "/") }

// trouble says what is wrong, to the user, and gives the number for the program.
func (f *Folder) trouble(err error) errno.Errno {
	e := errno.EIO
	name := "EIO"
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		e, name = errno.ENOSPC, "ENOSPC"
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		e, name = errno.EROFS, "EROFS"
	}
	f.tell(name, "%v: programs are told %s", err, name)
	return e
}

// tell says something, unless the last that was said is of its kind: a program may
// try again and again.
func (f *Folder) tell(kind, format string, args ...any) {
	if kind != f.said {
		f.said = kind
		f.say(fmt.Sprintf(format, args...))
	}
}
