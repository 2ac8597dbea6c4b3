//go:build unix

package vm

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// mapped is linear memory of its own mapping: pages that the VM never touches
// cost nothing, and the garbage collector does not see it.
type mapped struct {
	whole []byte
	size  int   // of the memory so far
	over  image // what was mapped over it last
}

func newLinear(uint64) (*mapped, error) {
	whole, err := unix.Mmap(-1, 0, memoryLimit, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("mapping %d MiB for a VM: %w", memoryLimit>>20, err)
	}
	return &mapped{whole: whole}, nil
}

func (m *mapped) Reallocate(size uint64) []byte {
	if size > uint64(len(m.whole)) {
		return nil
	}
	m.size = int(size)
	return m.whole[:size:len(m.whole)]
}

func (m *mapped) Free() {
	if m.whole != nil {
		_ = unix.Munmap(m.whole) // fails only for an address that was not mapped
		m.whole = nil
	}
}
