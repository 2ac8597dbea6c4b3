//go:build !unix

package vm

import "github.com/tetratelabs/wazero/experimental"

// sliced is linear memory on the Go heap.
type sliced struct{ buf []byte }

func allocate(first, _ uint64) experimental.LinearMemory {
	return &sliced{make([]byte, first)}
}

func (s *sliced) Reallocate(size uint64) []byte {
	if size > memoryLimit {
		return nil
	}
	if size > uint64(len(s.buf)) {
		s.buf = append(s.buf, make([]byte, size-uint64(len(s.buf)))...)
	}
	return s.buf[:size]
}

func (s *sliced) Free() { s.buf = nil }
