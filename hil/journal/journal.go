package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/espy-hil/espy/hil/result"
)

// syncEach is how much a power cut may cost: runs of that time are made once more.
const syncEach = time.Second

// A Journal is written to while runs are made. Its methods may be called by any
// goroutine.
type Journal struct {
	path string

	mu     sync.Mutex
	file   *os.File     // nil: none is kept, or none any more
	line   bytes.Buffer // the last that was written
	synced time.Time
	err    error // the first
}

// Path is where the journal of the results to be saved to a path stands.
func Path(results string) string { return results + ".partial" }

// Begin begins the journal of the results that will be saved to a path. None is kept
// for what is no regular file: a pipe, standard output, no file at all. Where a journal
// is left of an earlier run, it is an error: what that has learnt must not be lost.
func Begin(results string, head Head) (*Journal, error) {
	j := &Journal{path: Path(results), synced: time.Now()}
	info, err := os.Stat(results)
	if results == "" || results == "-" || err == nil && !info.Mode().IsRegular() {
		return j, nil
	}
	if err := Left(results); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(j.path), "."+filepath.Base(j.path)+".*")
	if j.err = err; err != nil {
		return j, nil // the results may be written all the same
	}
	defer os.Remove(f.Name())
	j.file = f
	head.Journal = form
	j.write(head)
	if err := errors.Join(j.err, f.Chmod(0o644), lock(f)); err != nil {
		j.err, j.file = err, nil
		return j, f.Close()
	}
	// With its head, or not at all; and not in the place of another one.
	err = os.Link(f.Name(), j.path)
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission) { // a file system that has no links
		err = os.Rename(f.Name(), j.path)
	}
	if err != nil {
		j.file = nil
		if errors.Is(err, fs.ErrExist) {
			err = left(j.path, results)
		}
		return nil, errors.Join(err, f.Close())
	}
	return j, nil
}

// Left is an error where a journal is left of an earlier run that did not end.
func Left(results string) error {
	path := Path(results)
	removeDone(path)
	if _, err := os.Lstat(path); err == nil {
		return left(path, results)
	}
	return nil
}

// left is the error of a journal that is there already.
func left(path, results string) error {
	return fmt.Errorf("%s is what an earlier run has left that did not end: go on with it by espy run --resume %s, or remove it", path, results)
}

// Resume reads the journal of the results that were to be saved to a path, and opens it
// for what is still to be made. A last line that is torn is cut off.
func Resume(results string) (*Journal, *Earlier, error) {
	j := &Journal{path: Path(results), synced: time.Now()}
	f, err := os.OpenFile(j.path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("there is no %s: the run of %s ended, or was never begun with --json %[2]s", j.path, results)
	}
	if err != nil {
		return nil, nil, err
	}
	fail := func(err error) (*Journal, *Earlier, error) { return nil, nil, errors.Join(err, f.Close()) }
	if err := lock(f); err != nil {
		return fail(fmt.Errorf("%s: %w", j.path, err))
	}
	earlier, whole, err := read(f)
	if err != nil {
		return fail(fmt.Errorf("%s: %w", j.path, err))
	}
	if err := f.Truncate(whole); err != nil {
		return fail(err)
	}
	if _, err := f.Seek(whole, 0); err != nil {
		return fail(err)
	}
	j.file = f
	return j, earlier, nil
}

// Board writes what a board said of itself.
func (j *Journal) Board(b result.Board) { j.write(line{Board: &b}) }

// Made writes a run, by its number in the plan.
func (j *Journal) Made(number int, r *result.Run) {
	j.write(line{Made: &number, Run: r, Exact: exact(r)})
}

// write adds a line, at once: what was made is kept when the program is killed.
func (j *Journal) write(v any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil || j.err != nil {
		return
	}
	j.line.Reset()
	e := json.NewEncoder(&j.line) // ends it as well
	e.SetEscapeHTML(false)
	if j.err = e.Encode(v); j.err != nil {
		return
	}
	if _, j.err = j.file.Write(j.line.Bytes()); j.err == nil && time.Since(j.synced) > syncEach {
		j.err = j.file.Sync()
		j.synced = time.Now()
	}
}

// Close ends the journal. It goes where the results were saved, whole: saved is the
// error of that. Of a run that was interrupted it stays, for [Resume], and gives way to
// the next; where nothing was saved, Close says where what is known stands.
func (j *Journal) Close(saved error, interrupted bool) error {
	if saved == nil && interrupted {
		j.write(line{Ended: true})
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return saved
	}
	var removed error
	if saved == nil && !interrupted {
		removed = os.Remove(j.path)
	}
	_ = j.file.Close() // it was written to without a buffer
	j.file = nil
	switch {
	case saved == nil:
		return removed
	case j.err != nil:
		return errors.Join(saved, fmt.Errorf("nor could each run be written to %s: %w; it has those before that", j.path, withoutPath(j.err)))
	default:
		return errors.Join(saved, fmt.Errorf("each run is in %s, one a line", j.path))
	}
}

// Leave ends the journal and leaves it as it is.
func (j *Journal) Leave() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	err := errors.Join(j.err, j.file.Close())
	j.file = nil
	return err
}

// Kept tells whether there is a journal to go on with.
func (j *Journal) Kept() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.file != nil && j.err == nil
}

// removeDone removes a journal that nothing is lost with: of a run that was interrupted
// and of which the results were saved, or in which nothing had been made yet.
func removeDone(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	if lock(f) != nil {
		return
	}
	if e, _, err := read(f); err == nil && (e.ended || len(e.Runs) == 0) {
		_ = os.Remove(path) // what stays is an error of the one who begins
	}
}

// withoutPath takes the path out of an error that names it otherwise.
func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
