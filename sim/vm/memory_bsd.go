//go:build unix && !linux

package vm

func (m *mapped) save(memory []byte) (image, error) {
	return newCopied(func() []byte { return m.whole }, memory), nil
}
