package sim

import (
	"context"
	"sync"

	"github.com/espy-hil/espy/sim/vm"
)

// Cut is where a board loses its power, counted from when it was told. 0 is nowhere.
type Cut struct {
	Received int // with the byte of this number that it takes from its receive buffer
	Sent     int // after so many bytes that it has sent
	// Written is after so many bytes that it has written to its flash. A name that is
	// made, removed or changed counts as one, and so does a file that is emptied.
	Written int
}

// CutPower has the board lose its power at a byte, and get it back at once: what it
// was about, and what waits on its UART, is gone. It takes the place of an earlier one.
func (b *Board) CutPower(at Cut) { b.supply.set(at) }

// CyclePower turns the power off and on. It returns when the board is at its prompt again.
func (b *Board) CyclePower(ctx context.Context) error {
	b.mu.Lock()
	b.resetAs = powerOn
	b.mu.Unlock()
	return b.life.Reset(ctx)
}

// supply counts down to a cut.
type supply struct {
	mu   sync.Mutex
	left Cut
}

func (s *supply) set(at Cut) {
	s.mu.Lock()
	s.left = at
	s.mu.Unlock()
}

// sends tells how many of n bytes get out, and whether power is lost after them.
func (s *supply) sends(n int) (out int, cut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left.Sent == 0 {
		return n, false
	}
	out = min(n, s.left.Sent)
	s.left.Sent -= out
	if s.left.Sent == 0 {
		s.left = Cut{}
		return out, true
	}
	return out, false
}

// takes cuts a buffer for bytes to be received so short that the one with which power
// is lost is read alone.
func (s *supply) takes(p []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if left := s.left.Received; left > 0 && len(p) > 0 {
		return p[:min(len(p), max(left-1, 1))]
	}
	return p
}

// took tells whether power is lost with the last of n bytes received.
func (s *supply) took(n int) (cut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left.Received == 0 || n == 0 {
		return false
	}
	if s.left.Received -= n; s.left.Received <= 0 {
		s.left = Cut{}
		return true
	}
	return false
}

// writes tells how many of n bytes get onto the flash, and what to do if power is lost
// after them.
func (b *Board) writes(n int) (lasts int, lost func()) {
	s := &b.supply
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left.Written == 0 {
		return n, nil
	}
	lasts = min(n, s.left.Written)
	if s.left.Written -= lasts; s.left.Written > 0 {
		return lasts, nil
	}
	s.left = Cut{}
	return lasts, func() {
		b.restart(powerOn)
		panic(vm.ErrHalted)
	}
}

// send is how bytes leave the board, by uart's Put or Announce.
func (b *Board) send(p []byte, by func([]byte) error) error {
	if why, is := b.restarting(); is && why == powerOn {
		return vm.ErrHalted
	}
	n, cut := b.supply.sends(len(p))
	err := by(p[:n])
	if cut {
		b.restart(powerOn)
		return vm.ErrHalted
	}
	return err
}

// receive is how bytes come to the board, by uart's Get or GetLine.
func (b *Board) receive(p []byte, stop func() error, by func([]byte, func() error) (int, error)) (int, error) {
	n, err := by(b.supply.takes(p), stop)
	if b.supply.took(n) {
		b.restart(powerOn)
		return 0, vm.ErrHalted
	}
	return n, err
}

// interruptCame takes the interrupt character out of what has come.
func (b *Board) interruptCame(char byte) bool {
	if !b.uart.Take(char) {
		return false
	}
	if b.supply.took(1) {
		b.restart(powerOn)
		return false
	}
	return true
}
