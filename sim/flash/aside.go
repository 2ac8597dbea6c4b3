package flash

import (
	"errors"
	"os"

	"github.com/espy-hil/espy/sim/errno"
)

// asideName is the file of a folder that is none of the board's: what its flash holds
// beside the file system, an ESP32's values by their names. Programs cannot have one of
// that name in such a flash.
const asideName = ".nvs"

// Aside gives what the flash holds beside the file system, where it is kept in a
// folder and something has been put there.
func (fs *FS) Aside() ([]byte, error) {
	if fs.folder == nil {
		return nil, nil
	}
	var text []byte
	err := fs.folder.in(func(root *os.Root) (err error) {
		text, err = root.ReadFile(asideName)
		return err
	})
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// SetAside replaces that, as a whole or not at all.
func (fs *FS) SetAside(text []byte) errno.Errno {
	if fs.folder == nil {
		return errno.OK
	}
	if err := fs.folder.in(func(root *os.Root) error {
		const next = asideName + ".new"
		err := root.WriteFile(next, text, 0o644)
		if err == nil {
			err = root.Rename(next, asideName)
		}
		if err != nil {
			_ = root.Remove(next) // err says what is wrong
		}
		return err
	}); err != nil {
		return fs.folder.trouble(err)
	}
	return errno.OK
}

// isAside tells whether a path below a folder is none of the board's.
func isAside(name string) bool { return name == asideName || name == asideName+".new" }
