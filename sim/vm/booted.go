package vm

import (
	"bytes"
	"sync"
)

// booted remembers how a code's first machine was when it had booted: the same
// program on the same code leaves the same memory, and copying that is quicker
// than running it (0.2 ms against 1).
type booted struct {
	mu      sync.Mutex
	program string // the boot program
	after   *Snapshot
	printed []byte // what it and the new REPL printed
}

// start brings a machine whose memory is fresh to its prompt.
func (b *booted) start(m *Machine, program string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.after == nil || b.program != program {
		return b.remember(m, program)
	}
	if err := m.Restore(b.after); err != nil {
		return err
	}
	return m.host.Print(b.printed)
}

// remember boots a machine the long way.
func (b *booted) remember(m *Machine, program string) error {
	var printed bytes.Buffer
	out := m.host.Print
	m.host.Print = func(p []byte) error {
		printed.Write(p)
		return out(p)
	}
	err := m.boot(program)
	m.host.Print = out
	if err != nil {
		return err
	}
	// Without a snapshot, the next one boots the long way as well.
	if after, err := m.Save(); err == nil {
		if b.after != nil {
			b.after.Close()
		}
		b.program, b.after, b.printed = program, after, printed.Bytes()
	}
	return nil
}
