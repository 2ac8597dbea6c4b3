package sim

import (
	"sync"

	"github.com/espy-hil/espy/sim/profile"
	"github.com/espy-hil/espy/sim/vm"
)

// straps are the pins by which whoever has a board in hand holds it, and says how it is
// to start: EN, and GPIO0.
type straps struct {
	mu     sync.Mutex
	held   bool // EN is low
	loader bool // GPIO0 was low when EN went high
}

// Hold stops the board until Release, as a reset button does that is held down.
func (b *Board) Hold() {
	b.straps.mu.Lock()
	b.straps.held = true
	b.straps.mu.Unlock()
	b.restart(resetPin)
}

// Release lets a board that is held start, or wait in its loader for somebody to flash
// it, until it is reset again.
func (b *Board) Release(toLoader bool) {
	b.straps.mu.Lock()
	b.straps.held, b.straps.loader = false, toLoader
	b.straps.mu.Unlock()
	b.uart.Wake()
}

func (b *Board) released() error {
	b.straps.mu.Lock()
	defer b.straps.mu.Unlock()
	if b.straps.held {
		return nil
	}
	return vm.ErrHalted
}

// wait waits while the board is held, and tells where it starts then. What has come to
// one that is not held is for the program that a soft reset has running next.
func (b *Board) wait() (inLoader bool) {
	if b.released() == nil {
		b.deafUntil(b.released)
	}
	b.straps.mu.Lock()
	defer b.straps.mu.Unlock()
	inLoader, b.straps.loader = b.straps.loader, false
	return inLoader
}

// loader is the ROM's own: it waits to be flashed, which a virtual board is not in this
// way.
func (b *Board) loader() (why cause, err error) {
	b.startAfresh(resetPin)
	if err := b.life.Began(nil); err != nil {
		return resetPin, err
	}
	chip := b.spec.Chip
	if chip == nil {
		chip, _ = profile.Find("esp32") // no chip has no loader
	}
	_ = b.console.announce([]byte(profile.Heard(chip.Loader, chip.Baud, usualBaud))) // fails only for a board without power
	b.deafUntil(b.interrupted)
	return b.halted(), nil
}

// deafUntil loses what comes, until stop is an error.
func (b *Board) deafUntil(stop func() error) {
	var lost [64]byte
	for {
		if _, err := b.uart.Get(lost[:], stop); err != nil {
			return
		}
	}
}
