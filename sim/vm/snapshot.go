package vm

import (
	"errors"
	"maps"
)

// Snapshot is a machine at its prompt: its linear memory is its whole state, but
// for the files that it has open.
type Snapshot struct {
	image        image
	size         uint32 // of the memory, in bytes
	stackPointer uint64
	files        map[int32]any
}

// image is a copy of linear memory.
type image interface {
	// restore makes the memory what it was. What lies beyond the image is zeroed.
	restore() error
	close()
}

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
	return &Snapshot{img, m.memory.Size(), m.stackPointer.Get(), maps.Clone(m.files)}, nil
}

// Restore takes the machine, at its prompt, back to a snapshot of its own. Files
// that it has opened since are closed.
func (m *Machine) Restore(s *Snapshot) error {
	for fd, f := range m.files {
		if s.files[fd] != f {
			m.closeFile(fd)
		}
	}
	m.files = maps.Clone(s.files)
	if err := s.image.restore(); err != nil {
		return err
	}
	m.stackPointer.(interface{ Set(uint64) }).Set(s.stackPointer)
	return nil
}

// Close lets go of the snapshot.
func (s *Snapshot) Close() { s.image.close() }
