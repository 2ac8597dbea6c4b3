//go:build !unix

package vm

// mapped is linear memory on the Go heap.
type mapped struct{ buf []byte }

func newLinear(first uint64) (*mapped, error) { return &mapped{make([]byte, first)}, nil }

func (m *mapped) Reallocate(size uint64) []byte {
	if size > memoryLimit {
		return nil
	}
	if size > uint64(len(m.buf)) {
		m.buf = append(m.buf, make([]byte, size-uint64(len(m.buf)))...)
	}
	return m.buf[:size]
}

func (m *mapped) Free() { m.buf = nil }

func (m *mapped) save(memory []byte) (image, error) {
	return newCopied(func() []byte { return m.buf }, memory), nil
}
