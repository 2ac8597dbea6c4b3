package sim

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/espy-hil/espy/sim/life"
	"github.com/espy-hil/espy/sim/rom"
	"github.com/espy-hil/espy/sim/vm"
)

// start is how a machine comes to be booted.
type start int

const (
	hardReset start = iota // power on, Reset, a crash
	softReset              // Ctrl-D, SystemExit
)

// run is the board's goroutine.
func (b *Board) run() {
	defer b.uart.Close()
	for how := hardReset; ; {
		m, err := b.boot(how)
		if errors.Is(err, life.ErrOff) {
			return
		}
		if err != nil {
			b.die(err)
			return
		}
		how = b.serve(m)
		again := b.life.Ended()
		m.Close()
		if !again {
			return
		}
	}
}

// die says why the board is no more, to whoever waits for it.
func (b *Board) die(err error) {
	b.life.Die(err)
	b.uart.Fail(err)
}

// boot makes a machine and brings it to its prompt.
func (b *Board) boot(how start) (*vm.Machine, error) {
	if how == hardReset {
		b.uart.Discard()
		b.console.powerOn()
	}
	b.flash.Restart()
	// What the boot program and the new REPL print is judged by the console.
	b.console.hold()
	m, err := vm.Boot(context.Background(), b.code, vm.Host{
		Flash:     b.flash,
		Print:     b.console.print,
		Input:     b.uart.Get,
		WakeInput: b.uart.Wake,
		Interrupt: b.uart.Take,
		Device:    b.device,
	}, rom.Boot)
	if err != nil {
		return nil, err
	}
	if err = b.console.restart(m); err == nil {
		err = b.life.Began(m)
	}
	if err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// serve feeds the machine until it is to be booted anew, or the board is off.
func (b *Board) serve(m *vm.Machine) start {
	var buf [256]byte
	var host *vm.HostError
	for {
		n, err := b.uart.GetLine(buf[:], b.idle)
		if errors.Is(err, errTask) {
			b.doTasks(m)
			continue
		}
		if err != nil {
			return hardReset
		}
		for _, c := range buf[:n] {
			exited, err := b.console.feed(m, c)
			switch {
			case errors.Is(err, vm.ErrHalted):
				return hardReset
			case errors.As(err, &host):
				b.die(host)
				return hardReset
			case err != nil:
				b.crashed(err)
				return hardReset
			case exited:
				_ = b.console.announce([]byte("MPY: soft reboot\r\n")) // fails only for a board that is powered off
				return softReset
			}
		}
	}
}

// crashed tells on the UART what the VM died of, as a chip's panic handler does.
func (b *Board) crashed(err error) {
	reason, _, _ := strings.Cut(err.Error(), "\n")
	_ = b.console.announce(fmt.Appendf(nil, "\r\nPanic: the MicroPython VM crashed: %s\r\nRebooting...\r\n", reason))
}
