// Package lease has one espy at a time work with a board, and tells who that is.
//
// A lease is a file in a folder that all who share the boards can write to: one for
// each board, with its owner, what for, since when, and when it was last renewed. It is
// renewed while its owner lives, and is stale where the owner is a process of this
// machine that is gone, or where nobody has renewed it for a while, as after a power
// cut, or on another machine that shares the folder.
//
//	Take --free, or stale--> Lease --renewed every 10 s--> ... --Release--> free
//	  '----held by another--> *Held, which says by whom       '-Lost: it was stale for others
//
// The device itself is guarded as well where it is opened (package hil/serial), against
// programs that know nothing of leases.
package lease

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/process"
)

// Terms of a lease.
const (
	renewal  = 10 * time.Second
	lifetime = time.Minute // without renewal: six have been missed
)

// Folder is a folder of leases.
type Folder struct {
	path string
	now  func() time.Time
	born func(pid int) string
	host string
}

// In is the folder of leases at a path. It is made when the first lease is taken.
func In(path string) Folder {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return Folder{path: path, now: time.Now, born: process.Born, host: host}
}

// Usual is $ESPY_LEASES, which several users or machines may share, or a folder in the
// user's cache.
func Usual() (Folder, error) {
	if shared := os.Getenv("ESPY_LEASES"); shared != "" {
		return In(shared), nil
	}
	if cache := os.Getenv("ESPY_CACHE"); cache != "" {
		return In(filepath.Join(cache, "leases")), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return Folder{}, fmt.Errorf("finding a folder for leases: %w; name one by ESPY_LEASES", err)
	}
	return In(filepath.Join(cache, "espy", "leases")), nil
}

// Terms are what a lease says.
type Terms struct {
	Board   string    `json:"board"`
	Owner   string    `json:"owner"` // user@host
	Host    string    `json:"host"`
	Process int       `json:"process"`
	Born    string    `json:"born"` // which process of that number it is
	For     string    `json:"for"`  // espy run, espy deploy
	Since   time.Time `json:"since"`
	Renewed time.Time `json:"renewed"`
	ID      string    `json:"id"`
}

// Held is the error of a board that another has.
type Held struct {
	Terms
	now time.Time
}

func (h *Held) Error() string {
	return fmt.Sprintf("board %s is held by %s (%s, process %d) since %s, for %s: wait for it, or end that process; the lease ends %s after it",
		h.Board, h.Owner, h.For, h.Process, h.Since.Local().Format("15:04:05"), h.now.Sub(h.Since).Round(time.Second), lifetime)
}

// Unwrap says that the board is in use: to try once more at once is of no use.
func (h *Held) Unwrap() error { return board.ErrBusy }

// Lease is a board that is ours until it is released.
type Lease struct {
	folder Folder
	terms  Terms
	stop   chan struct{}
	once   sync.Once
	ended  sync.WaitGroup
	lost   chan struct{}
}

// Take takes the lease of a board, for what it says. A *Held says who has it.
func (f Folder) Take(board, purpose string) (*Lease, error) {
	unlock, err := f.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	now := f.now()
	there, err := f.read(board)
	if err != nil {
		return nil, err
	}
	if there != nil && !f.stale(there) {
		return nil, &Held{*there, now}
	}
	name := "somebody"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	l := &Lease{folder: f, stop: make(chan struct{}), lost: make(chan struct{}), terms: Terms{
		Board: board, Owner: name + "@" + f.host, Host: f.host, Process: os.Getpid(), Born: f.born(os.Getpid()), For: purpose,
		Since: now.Round(time.Second), Renewed: now, ID: rand.Text(),
	}}
	if err := f.write(l.terms); err != nil {
		return nil, err
	}
	l.ended.Go(l.keep)
	return l, nil
}

// Holder is who has a board; nil: nobody.
func (f Folder) Holder(board string) (*Terms, error) {
	t, err := f.read(board)
	if err != nil || t == nil || f.stale(t) {
		return nil, err
	}
	return t, nil
}

// Lost is closed when somebody else has taken the board, because the lease was not
// renewed in time: this process, or its machine, stood still.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

// Release gives the board back.
func (l *Lease) Release() error {
	err := error(nil)
	l.once.Do(func() {
		close(l.stop)
		l.ended.Wait()
		err = l.folder.remove(l.terms)
	})
	return err
}

// keep renews the lease until it is released, or lost.
func (l *Lease) keep() {
	t := time.NewTicker(renewal)
	defer t.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-t.C:
			if !l.folder.renew(l.terms) {
				close(l.lost)
				return
			}
		}
	}
}

// renew renews a lease; false: it is another's. A folder that cannot be written to for
// a moment takes the lease from nobody.
func (f Folder) renew(t Terms) bool {
	unlock, err := f.lock()
	if err != nil {
		return true
	}
	defer unlock()
	there, err := f.read(t.Board)
	if err == nil && there != nil && there.ID != t.ID {
		return false
	}
	t.Renewed = f.now()
	_ = f.write(t) // the next time, perhaps
	return true
}

func (f Folder) remove(t Terms) error {
	unlock, err := f.lock()
	if err != nil {
		return err
	}
	defer unlock()
	there, err := f.read(t.Board)
	if err != nil || there == nil || there.ID != t.ID {
		return err
	}
	return os.Remove(f.file(t.Board))
}

// stale tells whether the owner of a lease is gone.
func (f Folder) stale(t *Terms) bool {
	gone := t.Host == f.host && (f.born(t.Process) == "" || f.born(t.Process) != t.Born)
	return gone || f.now().Sub(t.Renewed) > lifetime
}

// lock keeps the folder to ourselves for a moment.
func (f Folder) lock() (unlock func(), err error) {
	if err := os.MkdirAll(f.path, 0o755); err != nil {
		return nil, fmt.Errorf("making the folder of leases: %w", err)
	}
	unlock, err = lockedfile.MutexAt(filepath.Join(f.path, "lock")).Lock()
	if err != nil {
		return nil, fmt.Errorf("locking the folder of leases: %w", err)
	}
	return unlock, nil
}

func (f Folder) file(board string) string {
	return filepath.Join(f.path, strings.ReplaceAll(url.PathEscape(board), ":", "%3A")+".lease")
}

// read is the lease of a board; nil: there is none. One that a power cut has torn is none.
func (f Folder) read(board string) (*Terms, error) {
	text, err := os.ReadFile(f.file(board))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the lease of board %s: %w", board, err)
	}
	var t Terms
	if json.Unmarshal(text, &t) != nil {
		return nil, nil
	}
	return &t, nil
}

// write puts a lease in its place as a whole.
func (f Folder) write(t Terms) error {
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	name := f.file(t.Board)
	if err := os.WriteFile(name+".new", append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing the lease of board %s: %w", t.Board, err)
	}
	return os.Rename(name+".new", name)
}
