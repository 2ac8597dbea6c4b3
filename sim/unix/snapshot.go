package unix

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// snapshot is what is in a folder, by path.
type snapshot map[string]entry

// entry is a file, or a folder, which has no content. What has the same time and
// size is taken for the same.
type entry struct {
	folder  bool
	time    time.Time
	content []byte
}

func takeSnapshot(folder string) (snapshot, error) {
	s := snapshot{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		if d.IsDir() {
			s[path] = entry{folder: true}
			return nil
		}
		is, err := d.Info()
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		s[path] = entry{time: is.ModTime(), content: content}
		return err
	})
	return s, err
}

// restore makes the folder what it was.
func (s snapshot) restore(folder string) error {
	same := map[string]bool{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		was, known := s[path]
		if !known || was.folder != d.IsDir() {
			if err := os.RemoveAll(path); err != nil || !d.IsDir() {
				return err
			}
			return fs.SkipDir
		}
		is, err := d.Info()
		if err != nil {
			return err
		}
		same[path] = was.folder || is.ModTime().Equal(was.time) && is.Size() == int64(len(was.content))
		return nil
	})
	for path, was := range s {
		if !same[path] {
			err = errors.Join(err, was.write(path))
		}
	}
	return err
}

func (e entry) write(path string) error {
	if e.folder {
		return os.MkdirAll(path, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, e.content, 0o644); err != nil {
		return err
	}
	return os.Chtimes(path, e.time, e.time)
}
