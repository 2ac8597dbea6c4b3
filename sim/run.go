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

// run is the board's goroutine.
func (b *Board) run() {
	defer b.uart.Close()
	defer b.dog.sleep()
	for why := powerOn; ; {
		m, err := b.boot(why)
		switch {
		case errors.Is(err, life.ErrOff):
			return
		case errors.Is(err, vm.ErrHalted): // power was cut while it started
			why, _ = b.restarting()
			continue
		case err != nil:
			b.die(err)
			return
		}
		why = b.serve(m)
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
func (b *Board) boot(why cause) (*vm.Machine, error) {
	b.cause = why
	if why != softReset {
		b.uart.Discard()
		b.console.powerOn()
		b.dog.sleep()
		b.mu.Lock()
		b.restarts, b.resetAs = nil, resetPin
		b.mu.Unlock()
	}
	b.flash.Restart()
	// What the boot program and the new REPL print is judged by the console.
	b.console.hold()
	m, err := vm.Boot(context.Background(), b.code, vm.Host{
		Flash: b.flash,
		Print: b.console.print,
		Input: func(p []byte, stop func() error) (int, error) {
			return b.receive(p, stop, b.uart.Get)
		},
		WakeInput: b.uart.Wake,
		Interrupt: b.interruptCame,
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

// serve feeds the machine until it is to be booted anew, or the board is off. It
// tells why.
func (b *Board) serve(m *vm.Machine) cause {
	var buf [256]byte
	var host *vm.HostError
	for b.interrupted() == nil {
		n, err := b.receive(buf[:], b.idle, b.uart.GetLine)
		switch {
		case errors.Is(err, errTask):
			b.doTasks(m)
			continue
		case err != nil:
			return b.halted()
		}
		for _, c := range buf[:n] {
			exited, err := b.console.feed(m, c)
			switch {
			case errors.Is(err, vm.ErrHalted):
				return b.halted()
			case errors.As(err, &host):
				b.die(host)
				return panicked
			case err != nil:
				b.crashed(err)
				return panicked
			case exited:
				_ = b.console.announce([]byte("MPY: soft reboot\r\n")) // fails only for a board without power
				return softReset
			}
		}
	}
	return b.halted()
}

// halted tells why the machine was.
func (b *Board) halted() cause {
	why, _ := b.restarting()
	return why
}

// crashed tells on the UART what the VM died of, as a chip's panic handler does.
func (b *Board) crashed(err error) {
	reason, _, _ := strings.Cut(err.Error(), "\n")
	_ = b.console.announce(fmt.Appendf(nil, "\r\nPanic: the MicroPython VM crashed: %s\r\nRebooting...\r\n", reason))
}
