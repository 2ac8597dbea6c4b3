package vm

import (
	"errors"
	"fmt"
	"maps"
)

// Snapshot is a machine at its prompt: its linear memory is its whole state, but
// for the files that it has open. It belongs to no machine: any of the same code
// can be taken to it.
type Snapshot struct {
	code         *Code
	image        image
	size         uint32 // of the memory, in bytes
	stackPointer uint64
	files        map[int32]any
	owner        uint64 // serial of the machine that it was taken of
}

// image is a copy of linear memory.
type image interface {
	// restore makes a memory what the copied one was. What lies beyond is zeroed.
	restore(*mapped) error
	close()
}

// A Stateless device may tell that from now on it is the same whichever machine has
// it open, so that a machine taken to another's snapshot can go on with it.
type Stateless interface{ Stateless() bool }

// ErrNotPortable says that a snapshot has files open that are its own machine's.
var ErrNotPortable = errors.New("files are open in it, which belong to another board")

// Save remembers the machine. It must be at its prompt.
func (m *Machine) Save() (*Snapshot, error) {
	memory, ok := m.memory.Read(0, m.memory.Size())
	if !ok {
		return nil, errors.New("the VM's memory cannot be read")
	}
	img, err := m.linear.save(memory)
	if err != nil {
		return nil, err
	}
	return &Snapshot{m.code, img, m.memory.Size(), m.stackPointer.Get(), maps.Clone(m.files), m.serial}, nil
}

// Restore takes the machine, at its prompt, to a snapshot. Files that it has opened
// since are closed. After an error it is what it was before.
func (m *Machine) Restore(s *Snapshot) error {
	if err := m.canRestore(s); err != nil {
		return err
	}
	if size := m.memory.Size(); size < s.size {
		const wasmPage = 64 << 10
		if _, ok := m.memory.Grow((s.size - size) / wasmPage); !ok {
			return fmt.Errorf("the VM's memory cannot grow to the %d bytes of a snapshot", s.size)
		}
	}
	if err := s.image.restore(m.linear); err != nil {
		return err
	}
	for fd, f := range m.files {
		if s.files[fd] != f {
			m.closeFile(fd)
		}
	}
	m.files = maps.Clone(s.files)
	m.stackPointer.(interface{ Set(uint64) }).Set(s.stackPointer)
	return nil
}

func (m *Machine) canRestore(s *Snapshot) error {
	switch {
	case s.owner == m.serial:
		return nil
	case s.code != m.code:
		return errors.New("the snapshot is of another release of the VM")
	}
	for _, f := range s.files {
		if f, ok := f.(Stateless); !ok || !f.Stateless() {
			return ErrNotPortable
		}
	}
	return nil
}

// Close lets go of the snapshot. Machines that were taken to it are not concerned.
func (s *Snapshot) Close() { s.image.close() }
