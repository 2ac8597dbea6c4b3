package vm

import (
	"bytes"

	"github.com/espy-hil/espy/sim/errno"
)

// noInterruptChar is what the VM gives at its prompt, and after
// micropython.kbd_intr(-1). While a program runs it is 3 (Ctrl-C) otherwise.
const noInterruptChar = -1

// Halt stops the machine for good: at its next poll, or out of the wait it is in.
// Feed then gives ErrHalted. It may be called from any goroutine.
func (m *Machine) Halt() {
	m.halted.Store(true)
	m.Notify()
}

// Notify says that bytes have come, the interrupt character perhaps among them.
// A running program looks at every poll anyway; one that waits is woken to look.
func (m *Machine) Notify() {
	m.mu.Lock()
	wake := m.wake
	m.mu.Unlock()
	if wake != nil {
		wake()
	}
}

// poll is called by every loop of the VM now and then (package metering).
func poll(m *Machine, stack []uint64) {
	if m.interrupted() {
		m.raising = true
	}
}

// interrupted looks for the interrupt character, as a UART's interrupt handler
// does, and has KeyboardInterrupt raised at the next bytecode if it came.
func (m *Machine) interrupted() bool {
	if m.halted.Load() {
		panic(ErrHalted)
	}
	char := int32(m.call(m.intrChar))
	if char == noInterruptChar || !m.host.Interrupt(byte(char)) {
		return false
	}
	m.call(m.schedule)
	return true
}

// takeInterrupt removes the interrupt character from bytes that were read, and
// has the program interrupted if it was there. It gives how many bytes remain.
func (m *Machine) takeInterrupt(p []byte) (int, bool) {
	char := int32(m.call(m.intrChar))
	if char == noInterruptChar {
		return len(p), false
	}
	i := bytes.IndexByte(p, byte(char))
	if i < 0 {
		return len(p), false
	}
	m.call(m.schedule)
	return i + copy(p[i:], p[i+1:]), true
}

// stop ends waits for the console.
func (m *Machine) stop() error {
	if m.halted.Load() {
		return ErrHalted
	}
	return nil
}

// Wait implements Waiter.
func (m *Machine) Wait(wake func(), do func()) errno.Errno {
	if m.raising {
		// C code that polls may come here before the bytecode that would raise. If it
		// has been raised long since, this is an EINTR too many, and the C library or
		// the ROM asks again.
		m.raising = false
		return errno.EINTR
	}
	m.mu.Lock()
	m.wake = wake
	m.mu.Unlock()
	interrupted := false
	func() {
		defer func() {
			m.mu.Lock()
			m.wake = nil
			m.mu.Unlock()
		}()
		// What came before wake was set woke nobody: look once more.
		if interrupted = m.interrupted(); !interrupted {
			do()
		}
	}()
	if interrupted || m.interrupted() {
		return errno.EINTR
	}
	return errno.OK
}
