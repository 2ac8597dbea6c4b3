// Package file writes reports to files that are whole or not there at all.
package file

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Save has write fill a file. A reader of the file sees the old one or the new one,
// never half of it: the bytes go to a file beside it, which then takes its name. What
// is no regular file (a pipe, /dev/stderr) is written to as it is. The error says what
// could not be written, and names the file.
func Save(path, what string, write func(io.Writer) error) error {
	if err := save(path, buffered(write)); err != nil {
		return fmt.Errorf("writing %s to %s: %w", what, path, Unnamed(err))
	}
	return nil
}

// Check says before the runs what would keep [Save] from writing after them, as far
// as that can be seen: a folder that is not there. The error names the file.
func Check(path string) error {
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	if err == nil && !info.IsDir() {
		err = errors.New("that is no folder")
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written below %s: %w", path, folder, Unnamed(err))
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder; name a file in it", path)
	}
	return nil
}

// buffered hands what is written on in large pieces.
func buffered(write func(io.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 256<<10)
		if err := write(b); err != nil {
			return err
		}
		return b.Flush()
	}
}

func save(path string, write func(io.Writer) error) error {
	mode := fs.FileMode(0o644)
	switch info, err := os.Stat(path); {
	case err == nil && !info.Mode().IsRegular():
		return saveInPlace(path, write)
	case err == nil:
		mode = info.Mode().Perm()
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return err
		}
	}
	return Replace(path, mode, write)
}

// Replace puts a file of a mode in the place of what is there, if anything.
func Replace(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name()) // the first error is the one to tell
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// saveInPlace writes to something that cannot be replaced by a file. A pipe that
// nobody reads is an error, and not waited for.
func saveInPlace(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// Unnamed takes the path, which may be that of a temporary file, out of an error.
func Unnamed(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Print has write fill what is not to be replaced: standard output.
func Print(w io.Writer, write func(io.Writer) error) error { return buffered(write)(w) }
