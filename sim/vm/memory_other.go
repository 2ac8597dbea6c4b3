//go:build !unix

package vm

// mapped is linear memory on the Go heap.
type mapped struct{ whole []byte }

func newLinear(first uint64) (*mapped, error) { return &mapped{make([]byte, first)}, nil }

func (m *mapped) Reallocate(size uint64) []byte {
	if size > memoryLimit {
		return nil
	}
	if size > uint64(len(m.whole)) {
		m.whole = append(m.whole, make([]byte, size-uint64(len(m.whole)))...)
	}
	return m.whole[:size]
}

func (m *mapped) Free() { m.whole = nil }
