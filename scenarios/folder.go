package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// maxFiles is how many bytes the files beside one scenario may have in all.
const maxFiles = 16 << 20

// A folder is where a scenario's file: keys look. It is opened when the first of
// them does, and reads each file once for all variants.
type folder struct {
	open  func() (fs.FS, io.Closer, error)
	files fs.FS
	close io.Closer
	read  map[string][]byte
	left  int64
}

// onDisk is a folder of the file system. Nothing outside of it can be reached, by
// no path and no symbolic link ([os.Root]): a scenario may come from a stranger.
func onDisk(path string) *folder {
	return &folder{left: maxFiles, open: func() (fs.FS, io.Closer, error) {
		root, err := os.OpenRoot(path)
		if err != nil {
			return nil, nil, err
		}
		return root.FS(), root, nil
	}}
}

// within is a folder of a file system that holds nothing else.
func within(files fs.FS, path string) *folder {
	return &folder{left: maxFiles, open: func() (fs.FS, io.Closer, error) {
		sub, err := fs.Sub(files, path)
		return sub, io.NopCloser(nil), err
	}}
}

// done closes what has been opened.
func (f *folder) done() {
	if f != nil && f.close != nil {
		f.close.Close()
	}
}

// content is what a file holds. Its error is a sentence.
func (f *folder) content(name string) ([]byte, error) {
	if f == nil {
		return nil, fmt.Errorf("%s cannot be read: the scenario is in no folder", quote(name))
	}
	if b, ok := f.read[name]; ok {
		return b, nil
	}
	if !fs.ValidPath(name) || name == "." {
		return nil, fmt.Errorf("%s is not a file below the scenario's folder", quote(name))
	}
	if f.files == nil {
		var err error
		if f.files, f.close, err = f.open(); err != nil {
			f.files = nil
			return nil, fmt.Errorf("%s cannot be read: %w", quote(name), err)
		}
	}
	b, err := f.readFile(name)
	if err != nil {
		return nil, err
	}
	if f.read == nil {
		f.read = map[string][]byte{}
	}
	f.read[name] = b
	f.left -= int64(len(b))
	return b, nil
}

func (f *folder) readFile(name string) ([]byte, error) {
	// A look before it is opened: see kindOf.
	info, err := fs.Stat(f.files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %s beside the scenario", quote(name))
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", quote(name), cause(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file but a %s", quote(name), kindOf(info.Mode()))
	}
	file, err := f.files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", quote(name), cause(err))
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, f.left+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", quote(name), cause(err))
	case int64(len(b)) > f.left:
		return nil, fmt.Errorf("with %s the scenario's files have more than %d MiB", quote(name), maxFiles>>20)
	}
	return b, nil
}

// cause is an error without the operation and path around it, which the sentence
// has already.
func cause(err error) error {
	if p := new(fs.PathError); errors.As(err, &p) {
		return p.Err
	}
	return err
}
