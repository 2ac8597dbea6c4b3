package vm

import (
	"bytes"
	"sync"
)

// booted remembers how a code's first machine was when it had run a boot program:
// the same program on the same code leaves the same memory, and copying that is
// quicker than running it (0.2 ms against 1).
type booted struct {
	mu   sync.Mutex
	with map[string]*start // by the boot program: one for each kind of board
}

// start is where machines begin.
type start struct {
	after   *Snapshot
	printed []byte // what the boot program printed
}

// start brings a machine whose memory is fresh to the end of its boot program.
func (b *booted) start(m *Machine, program string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	known := b.with[program]
	if known == nil {
		return b.remember(m, program)
	}
	if err := m.Restore(known.after); err != nil || len(known.printed) == 0 {
		return err
	}
	return m.host.Print(known.printed)
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
		if b.with == nil {
			b.with = map[string]*start{}
		}
		b.with[program] = &start{after, printed.Bytes()}
	}
	return nil
}
