// Package jsonfile writes a report as JSON, in the form that docs/results.md
// describes: to standard output, or to a file that is whole or not there at all.
package jsonfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/espy-hil/espy/hil/result"
)

// Write writes a report as indented JSON. A list that is empty is [], never null.
func Write(w io.Writer, r *result.Report) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(withLists(*r))
}

// Save writes a report to a file. A reader of the file sees the old one or the
// new one, never half of it: the bytes go to a file beside it, which then takes
// its name. What is no regular file (a pipe, /dev/stderr) is written to as it is.
// The error names the file.
func Save(path string, r *result.Report) error {
	if err := save(path, r); err != nil {
		return fmt.Errorf("writing the results to %s: %w", path, withoutPath(err))
	}
	return nil
}

// Check says before the runs what would keep [Save] from writing after them, as
// far as that can be seen: a folder that is not there. The error names the file.
func Check(path string) error {
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	if err == nil && !info.IsDir() {
		err = errors.New("that is no folder")
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written below %s: %w", path, folder, withoutPath(err))
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder; name a file in it", path)
	}
	return nil
}

func save(path string, r *result.Report) error {
	mode := fs.FileMode(0o644)
	switch info, err := os.Stat(path); {
	case err == nil && !info.Mode().IsRegular():
		return saveInPlace(path, r)
	case err == nil:
		mode = info.Mode().Perm()
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return err
		}
	}
	return replace(path, mode, func(f *os.File) error { return Write(f, r) })
}

// replace writes a file beside another, which then takes its name.
func replace(path string, mode fs.FileMode, write func(*os.File) error) (err error) {
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
func saveInPlace(path string, r *result.Report) error {
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	return errors.Join(Write(f, r), f.Close())
}

// withoutPath takes the path of a temporary file out of an error.
func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// withLists makes every list that the form promises.
func withLists(r result.Report) result.Report {
	r.Format = result.Format
	r.Stale = list(r.Stale)
	r.Boards = list(r.Boards)
	runs := make([]result.Run, len(r.Runs))
	for i, run := range r.Runs {
		run.Tags = list(run.Tags)
		run.Diffs = list(run.Diffs)
		run.Observation = observation(run.Observation)
		run.Steps = slices.Clone(run.Steps)
		for s := range run.Steps {
			run.Steps[s] = observation(run.Steps[s])
		}
		runs[i] = run
	}
	r.Runs = runs
	return r
}

func observation(o result.Observation) result.Observation {
	o.Wire = list(o.Wire)
	if o.Response != nil {
		response := *o.Response
		response.Headers = list(response.Headers)
		response.History = list(response.History)
		o.Response = &response
	}
	return o
}

func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}
