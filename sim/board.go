// Package sim makes virtual boards: the real MicroPython VM inside the process,
// with a flash, a network and a UART, behind the interface that real boards have.
//
//	host --UART--> console --bytes--> vm.Machine (the REPL, the program)
//	                                    | files   flash.FS, rom, a folder of the host
//	                                    | devices clock, urandom, link.Network
//	                                    | a chip  soc.Chip, wifi.Station
//	host <--UART-- CR LF <--prints-----+
//
// With a chip (package profile) it prints what the chip's ROM does, has the modules
// that its port has, and runs boot.py and main.py.
//
// A board has one goroutine of its own, which boots the machine, feeds it and
// boots it anew: after Ctrl-D or SystemExit (soft reset), after Reset (hard
// reset), and after a crash. Whatever the program does, that goroutine can be
// stopped within a millisecond: see package metering.
package sim

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/sim/flash"
	"github.com/espy-hil/espy/sim/life"
	"github.com/espy-hil/espy/sim/link"
	"github.com/espy-hil/espy/sim/soc"
	"github.com/espy-hil/espy/sim/uart"
	"github.com/espy-hil/espy/sim/vm"
	"github.com/espy-hil/espy/sim/wifi"
)

// Board is a virtual board. It is powered from New to Close.
type Board struct {
	spec    Spec
	code    *vm.Code
	like    likeness
	flash   *flash.FS
	network link.Network
	uart    *uart.UART
	console console
	chip    *soc.Chip     // nil where the spec has none
	radio   *wifi.Station // of the chip
	life    *life.Life[*vm.Machine]

	straps straps
	supply supply
	dog    watchdog
	cause  cause         // why it has started last; its goroutine's alone
	sleeps time.Duration // of a deep sleep; as well

	mu       sync.Mutex
	tasks    []*task // to be done when the board is at its prompt
	restarts *cause  // why it is to start anew; nil: it is not, or Reset asks for it
	resetAs  cause   // what Reset is to the board
}

var (
	_ board.Board        = (*Board)(nil)
	_ board.Networked    = (*Board)(nil)
	_ board.Checkpointer = (*Board)(nil)
)

// New powers a virtual board with these files on its flash. A runtime that is
// not in the user's cache is fetched first, which is said in a line on standard error.
func New(ctx context.Context, spec Spec, files map[string][]byte) (*Board, error) {
	compiled, err := code(ctx, spec.Release, func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "espy: "+format+"\n", args...)
	})
	if err != nil {
		return nil, fmt.Errorf("board %s: %w", spec.Name, err)
	}
	b := &Board{spec: spec, code: compiled, like: likeness{compiled, spec.Chip, digest(files), spec.Flash}, flash: flash.New(), resetAs: resetPin}
	b.life = life.New(spec.Name, b.halt)
	b.network.Allow, b.network.Conditions = spec.Reach, spec.Link
	b.uart = uart.New(spec.UART, b.arrived)
	b.dog.bite = func() { b.restart(bitten) }
	b.console.out = func(p []byte) error {
		return b.send(p, func(p []byte) error { return b.uart.Put(p, b.interrupted) })
	}
	b.console.announce = func(p []byte) error { return b.send(p, b.uart.Announce) }
	if err := b.fit(files); err != nil {
		return nil, fmt.Errorf("board %s: %w", spec.Name, err)
	}
	if err := b.life.Begin(ctx, b.run); err != nil {
		_ = b.Close() // err says why
		return nil, err
	}
	return b, nil
}

// Name is how the user chose the board.
func (b *Board) Name() string { return b.spec.Name }

// Open gives the UART. What the board printed before is gone.
func (b *Board) Open(context.Context) (board.UART, error) {
	h, err := b.life.Open(b.uart)
	if err != nil {
		return nil, err // no *uart.Host that is nil
	}
	return h, nil
}

// Listen opens a listener on loopback that this board can reach while it is open. It
// knows it by its name as well, and shall use that where looking it up can be trouble.
func (b *Board) Listen(ctx context.Context, name string) (net.Listener, string, error) {
	l, err := b.network.Listen(ctx, name)
	if c := b.spec.Link; name != "" && (c.DNSDelay > 0 || c.DNSLoss > 0) {
		return l, name, err
	}
	return l, "127.0.0.1", err
}

// Reset is a hard reset: memory and what waits on the UART are gone, files stay.
// It returns when the board is at its prompt again.
func (b *Board) Reset(ctx context.Context) error { return b.life.Reset(ctx) }

// Close powers the board down and waits until nothing of it is left.
func (b *Board) Close() error {
	b.Release(false)
	b.life.Off()
	b.network.Close()
	return nil
}

// halt stops a machine.
func (b *Board) halt(m *vm.Machine) {
	if m != nil { // it may be in its loader
		m.Halt()
	}
	b.uart.Wake()
}

// arrived is called when the host has sent bytes.
func (b *Board) arrived() {
	if m, running := b.life.Now(); running && m != nil {
		m.Notify()
	}
}

// interrupted ends the board's own waits for a reset of any kind or the power switch.
func (b *Board) interrupted() error {
	if _, is := b.restarting(); is || b.life.Ending() {
		return vm.ErrHalted
	}
	return nil
}

// LoseWiFi takes the networks away that the board's chip hears, and RegainWiFi has them
// come back.
func (b *Board) LoseWiFi() {
	if b.radio != nil {
		b.radio.Lose()
	}
}

// RegainWiFi undoes LoseWiFi.
func (b *Board) RegainWiFi() {
	if b.radio != nil {
		b.radio.Regain()
	}
}

// keepFlash has the flash kept in the folder that the spec names.
func (b *Board) keepFlash() error {
	b.flash.Write = b.writes
	if b.spec.Flash == "" {
		return nil
	}
	warn := b.spec.Warn
	if warn == nil {
		warn = func(text string) { fmt.Fprintln(os.Stderr, text) }
	}
	folder, err := flash.OpenFolder(b.spec.Flash, func(text string) { warn(fmt.Sprintf("board %s: its flash: %s", b.spec.Name, text)) })
	if err != nil {
		return err
	}
	if err := b.flash.Keep(folder); err != nil || b.chip == nil {
		return err
	}
	text, err := b.flash.Aside()
	if err == nil {
		err = b.chip.Recall(text, b.flash.SetAside)
	}
	if err != nil {
		return fmt.Errorf("the flash in %s: %w", b.spec.Flash, err)
	}
	return nil
}

// Pin tells whether a pin of the board's chip is high.
func (b *Board) Pin(n int) bool { return b.chip != nil && b.chip.Pin(n) }
