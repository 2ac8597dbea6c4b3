//go:build !linux

package vm

// copied is an image on the Go heap, where there is nothing quicker.
type copied struct{ bytes []byte }

func (m *mapped) save(memory []byte) (image, error) {
	return &copied{append([]byte(nil), memory...)}, nil
}

func (c *copied) restore(m *mapped) error {
	clear(m.whole[copy(m.whole, c.bytes):])
	return nil
}

func (c *copied) close() { c.bytes = nil }
