//go:build !linux

package vm

// copied is an image on the Go heap, where there is nothing quicker.
type copied struct {
	memory func() []byte
	bytes  []byte
}

func newCopied(memory func() []byte, now []byte) image {
	return &copied{memory, append([]byte(nil), now...)}
}

func (c *copied) restore() error {
	whole := c.memory()
	clear(whole[copy(whole, c.bytes):])
	return nil
}

func (c *copied) close() { c.bytes = nil }
