package unix

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// flashPattern names the folders that are boards' flash, in the system's own
// folder for such.
const flashPattern = "espy-flash-*"

// flash is the folder that a board has its files in, held by a lock for as long as
// the board is there: an espy that was killed has let go of it, and the next board
// of whoever removes it.
type flash struct {
	folder string
	lock   *os.File
}

func newFlash(files map[string][]byte) (*flash, error) {
	removeStale(os.TempDir())
	folder, err := os.MkdirTemp("", flashPattern)
	if err != nil {
		return nil, err
	}
	f := &flash{folder: folder}
	if f.lock, err = lockFolder(folder); err == nil {
		err = f.write(files)
	}
	if err != nil {
		return nil, errors.Join(err, f.remove())
	}
	return f, nil
}

// write puts files on the flash.
func (f *flash) write(files map[string][]byte) error {
	for name, content := range files {
		path := filepath.Join(f.folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// remove may be called more than once.
func (f *flash) remove() error {
	if f.lock != nil {
		_ = f.lock.Close() // nothing was written to it
	}
	return os.RemoveAll(f.folder)
}

// fresh is how long a folder may be without a lock because it has just been made.
const fresh = time.Minute

// removeStale removes what killed programs have left. What cannot be removed is
// somebody else's.
func removeStale(dir string) {
	folders, err := filepath.Glob(filepath.Join(dir, flashPattern))
	if err != nil {
		return
	}
	for _, folder := range folders {
		is, err := os.Lstat(folder)
		if err != nil || !is.IsDir() || time.Since(is.ModTime()) < fresh {
			continue
		}
		if lock, err := lockFolder(folder); err == nil {
			_ = os.RemoveAll(folder)
			_ = lock.Close()
		}
	}
}
