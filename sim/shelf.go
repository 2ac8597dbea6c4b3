package sim

import (
	"crypto/sha256"
	"slices"
	"sync"

	"github.com/espy-hil/espy/sim/flash"
	"github.com/espy-hil/espy/sim/profile"
	"github.com/espy-hil/espy/sim/vm"
)

// checkpoint is the state of a board at its prompt.
type checkpoint struct {
	of      likeness
	name    string
	machine *vm.Snapshot
	flash   *flash.Snapshot
	console mode
}

// likeness is what boards have in common that can take each other's checkpoints:
// they were powered with the same code and the same files, and have the same chip. One
// whose flash is in a folder is like itself alone.
type likeness struct {
	code  *vm.Code
	chip  *profile.Profile
	files [sha256.Size]byte
	flash string // the folder
}

// shelfSize is how many checkpoints a process keeps: an agent and a client for each
// release in both forms, and some. Each is what the VM has written to, 1 to 2 MB
// for a small program.
const shelfSize = 32

// shelf keeps the checkpoints of all boards of this process, those used last: what
// one board has been brought to, those alike need not be brought to again.
type shelf struct {
	mu   sync.Mutex
	kept []*checkpoint // the last used first
}

var checkpoints shelf

// keep puts a checkpoint on the shelf, in the place of an earlier one of its name.
func (s *shelf) keep(c *checkpoint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.find(c.of, c.name); at >= 0 {
		s.drop(at)
	}
	if len(s.kept) == shelfSize {
		s.drop(shelfSize - 1)
	}
	s.kept = slices.Insert(s.kept, 0, c)
}

// use has a checkpoint used while it cannot be dropped; false: there is none.
func (s *shelf) use(of likeness, name string, with func(*checkpoint) error) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.find(of, name)
	if at < 0 {
		return false, nil
	}
	c := s.kept[at]
	copy(s.kept[1:], s.kept[:at])
	s.kept[0] = c
	return true, with(c)
}

func (s *shelf) find(of likeness, name string) int {
	return slices.IndexFunc(s.kept, func(c *checkpoint) bool { return c.of == of && c.name == name })
}

func (s *shelf) drop(at int) {
	s.kept[at].machine.Close()
	s.kept = slices.Delete(s.kept, at, at+1)
}
