package jsonfile

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/espy-hil/espy/hil/report/file"
	"github.com/espy-hil/espy/hil/result"
)

// A Journal is the file PATH.partial beside the results to come: each run, one a
// line, written as soon as its verdict stands. It goes when the results are there;
// what ends the program before that (a power cut, the kernel's want of memory)
// leaves it, and in it everything that was known. It is an observer of runs.
type Journal struct {
	path string
	file *os.File // nil: none is kept, or none any more
	err  error
}

// NewJournal begins the journal of the results that will be saved to path. None is
// kept for what is no regular file: a pipe, standard output, no file at all.
func NewJournal(path string) *Journal {
	j := &Journal{path: path + ".partial"}
	info, err := os.Stat(path)
	if path == "" || path == "-" || err == nil && !info.Mode().IsRegular() {
		return j
	}
	j.file, j.err = os.Create(j.path)
	return j
}

// Planned implements the observer.
func (j *Journal) Planned([]*result.Run) {}

// Started implements the observer.
func (j *Journal) Started(*result.Run) {}

// Finished writes a run.
func (j *Journal) Finished(r *result.Run) {
	if j.file == nil || j.err != nil {
		return
	}
	line, err := json.Marshal(r)
	if err == nil {
		_, err = j.file.Write(append(line, '\n'))
	}
	j.err = err
}

// Close ends the journal, and removes it where the results were saved: saved is the
// error of that. Where they were not, it says where what is known stands.
func (j *Journal) Close(saved error) error {
	if j.file == nil {
		return saved
	}
	_ = j.file.Close() // it was written to without a buffer
	j.file = nil
	switch {
	case saved == nil:
		return os.Remove(j.path)
	case j.err != nil:
		return fmt.Errorf("%w; nor could each run be written to %s: %w", saved, j.path, file.Unnamed(j.err))
	default:
		return fmt.Errorf("%w; each run is in %s, one a line", saved, j.path)
	}
}
