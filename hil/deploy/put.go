package deploy

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"path"
	"slices"
	"strings"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/repl"
)

// Outcome is what a deployment came to.
type Outcome struct {
	Sent    []string // the files that were sent
	Bytes   int      // how large they are
	Removed []string // what was in the way
	Kept    []string // what Espy put there once and the user has changed since: left as it is
}

// Unchanged tells whether the board had everything already.
func (o Outcome) Unchanged() bool { return len(o.Sent)+len(o.Removed) == 0 }

// Put sees that a board has the files, and nothing in the way of them. The board must
// be in the raw REPL. Whatever it returns, and wherever it is cut off, the board has
// the former firmware or this one.
func Put(ctx context.Context, r *repl.REPL, f Files) (Outcome, error) {
	s, err := Look(ctx, r, f)
	if err != nil {
		return Outcome{}, err
	}
	return s.Put(ctx, r, f)
}

// Put is [Put] for a board of which the state is known.
func (s State) Put(ctx context.Context, r *repl.REPL, f Files) (Outcome, error) {
	var o Outcome
	if len(s.Differs(f)) == 0 {
		return o, nil
	}
	if err := errors.Join(s.foreign(f), s.room(f)); err != nil {
		return o, err
	}
	o.Removed = s.leftOver(f)
	put := f.names() // in the order of the journal: the manifest last
	put = slices.DeleteFunc(put, func(name string) bool { return s.Found[name] == firmware.Sum(f.Files[name]) })
	for _, name := range put { // what was staged before a cut need not come again
		if s.Found[name+stage] != firmware.Sum(f.Files[name]) {
			o.Sent = append(o.Sent, name)
			o.Bytes += len(f.Files[name])
		}
		o.Removed = slices.DeleteFunc(o.Removed, func(left string) bool { return left == name+stage })
	}
	w := s.writer(r)
	if err := w.begin(ctx, folders(f.names())); err != nil {
		return o, said(err)
	}
	for _, name := range manifestFirst(o.Sent) {
		if err := w.write(ctx, name+stage, f.Files[name]); err != nil {
			if errors.As(err, new(*repl.PythonError)) { // the board is there
				w.abandon(ctx, o.Sent)
			}
			return o, fmt.Errorf("writing %s: %w", name, said(err))
		}
	}
	return o, w.commit(ctx, journalOf(put, o.Removed))
}

// manifestFirst is the order of staging: wherever it is cut off, the stage of the
// manifest tells whose the other stages are.
func manifestFirst(names []string) []string {
	i := slices.Index(names, firmware.Manifest)
	if i < 0 {
		return names
	}
	return append([]string{firmware.Manifest}, slices.Delete(slices.Clone(names), i, i+1)...)
}

// Clean removes what Espy put on a board, and says what. A file that has been changed
// since is the user's, and stays.
func Clean(ctx context.Context, r *repl.REPL) (Outcome, error) {
	s, err := Look(ctx, r, Files{})
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Removed: s.leftOver(Files{}), Kept: s.changed()}
	if _, ok := s.Found[firmware.Manifest]; ok && s.ours(firmware.Manifest) {
		o.Removed = append(o.Removed, firmware.Manifest)
	}
	if len(o.Removed) == 0 {
		return o, nil
	}
	w := s.writer(r)
	if err := w.begin(ctx, nil); err != nil {
		return o, said(err)
	}
	if err := w.commit(ctx, journalOf(nil, o.Removed)); err != nil {
		return o, err
	}
	// A folder that still holds something stays.
	return o, r.Exec(ctx, "import os\ntry: os.rmdir("+repl.Quote(firmware.Dir)+")\nexcept OSError: pass", nil)
}

// foreign is an error for each file of the user's that would have to be written over,
// or would be imported in place of one of Espy's: a file that Espy has not put there,
// or that was changed since, in whichever folder.
func (s State) foreign(f Files) error {
	var all []error
	for _, name := range f.names() {
		for _, at := range []string{name, name + stage} {
			all = append(all, s.overwritten(at, firmware.Sum(f.Files[name])))
		}
		other := otherForm(name)
		if _, there := s.Found[other]; there && f.Files[other] == nil && path.Dir(name) == firmware.Dir && !s.ours(other) {
			all = append(all, fmt.Errorf("%s is on the board, is not as Espy would have put it there, and is the same module as %s: move it, or remove it: mpremote rm :%s", other, name, other))
		}
	}
	if _, there := s.Found[journal]; there {
		all = append(all, fmt.Errorf("%s is on the board, and Espy has not put it there: move it away", journal))
	}
	return errors.Join(all...)
}

// overwritten is an error where writing a file would cost the user one.
func (s State) overwritten(name, want string) error {
	sum, there := s.Found[name]
	_, known := s.Owned[name]
	switch {
	case !there, sum == want, s.ours(name):
		return nil
	case known:
		return fmt.Errorf("%s on the board was changed since Espy put it there: take that over, and remove it there: mpremote rm :%s", name, name)
	}
	return fmt.Errorf("%s is on the board, and Espy has not put it there: move it, or give the file another name", name)
}

// leastHeap is what it takes to receive a piece of a file: its text, what the compiler
// makes of it, and the bytes. On the 32-bit unix board 7.7 KB did, and 6.6 did not.
const leastHeap = 10 << 10

// room is an error where a board lacks the flash for what it is to get beside what it
// has, or the heap to receive it.
func (s State) room(f Files) error {
	if s.Heap < leastHeap {
		return fmt.Errorf("the board has %s of heap free, and it takes %s to receive a file: "+
			"reset it, and see that boot.py and main.py leave some", size(s.Heap), size(leastHeap))
	}
	if s.Free < 0 {
		return nil
	}
	need := s.Block // the journal
	for name, content := range f.Files {
		sum := firmware.Sum(content)
		if s.Found[name] != sum && s.Found[name+stage] != sum {
			need += (int64(len(content))/s.Block + 1) * s.Block
		}
	}
	if need > s.Free {
		return fmt.Errorf("the firmware takes %s of the board's flash beside what it has, and %s are free: "+
			"remove files of yours, or take the compiled form (--form mpy), or give up the former firmware first (espy deploy --clean)",
			size(need), size(s.Free))
	}
	return nil
}

func size(bytes int64) string { return fmt.Sprintf("%.1f KiB", float64(bytes)/1024) }

// journalOf is the journal that puts stages in their places and removes files.
func journalOf(put, drop []string) []byte {
	return fmt.Appendf(nil, `%s
import os


def there(p):
    try:
        os.stat(p)
        return True
    except OSError:
        return False


for p in %s.split():
    if there(p + %[4]q):
        try:
            os.rename(p + %[4]q, p)
        except OSError:  # a file system that does not replace
            os.remove(p)
            os.rename(p + %[4]q, p)
for p in %[3]s.split():
    if there(p):
        os.remove(p)
os.remove(%[5]q)
`, mark, repl.Quote(strings.Join(put, " ")), repl.Quote(strings.Join(drop, " ")), stage, journal)
}

// said puts what a board's file system answered in words.
func said(err error) error {
	var raised *repl.PythonError
	if !errors.As(err, &raised) {
		return err
	}
	const enospc, erofs = 28, 30
	switch {
	case raised.Type == "MemoryError":
		return fmt.Errorf("%w: the board's heap is full: reset it, and see that boot.py and main.py leave some", err)
	case raised.Errno != nil && *raised.Errno == enospc:
		return fmt.Errorf("%w: the board's flash is full: remove files of yours, or take the compiled form (--form mpy)", err)
	case raised.Errno != nil && *raised.Errno == erofs:
		return fmt.Errorf("%w: the board's file system is read-only: unmount the board's USB drive, or see what its boot.py does", err)
	}
	return err
}

// checksum is the CRC-32 of a path, by which the board knows that it came whole.
func checksum(text string) uint32 { return crc32.ChecksumIEEE([]byte(text)) }
