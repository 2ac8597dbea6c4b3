package sim

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/espy-hil/espy/sim/life"
	"github.com/espy-hil/espy/sim/vm"
)

// run is the board's goroutine.
func (b *Board) run() {
	defer b.uart.Close()
	defer b.dog.sleep()
	for why := powerOn; ; {
		var m *vm.Machine
		var err error
		inLoader := b.wait()
		if inLoader {
			why, err = b.loader()
		} else {
			m, err = b.boot(why)
		}
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
		if !inLoader {
			why = b.start(m, why)
		}
		if why == woken {
			why = b.sleep()
		}
		again := b.life.Ended()
		if m != nil {
			m.Close()
		}
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

// boot makes a machine and brings it to its prompt, or to its boot.py.
func (b *Board) boot(why cause) (*vm.Machine, error) {
	b.cause = why
	if why != softReset {
		b.startAfresh(why)
	}
	b.startChip(why)
	b.flash.Restart()
	// What the boot program and the new REPL print is judged by the console.
	b.console.hold()
	m, err := vm.Boot(context.Background(), b.code, vm.Host{
		Flash:    b.flash,
		Print:    b.console.print,
		PrintRaw: b.console.write,
		Input: func(p []byte, stop func() error) (int, error) {
			return b.receive(p, stop, b.uart.Get)
		},
		HasInput:  b.uart.Waiting,
		WakeInput: b.uart.Wake,
		Interrupt: b.interruptCame,
		Device:    b.device,
	}, b.bootProgram())
	if err != nil {
		return nil, err
	}
	if b.chip == nil { // or boot.py and main.py come first
		err = b.console.restart(m)
	}
	if err == nil {
		err = b.life.Began(m)
	}
	if err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// startAfresh is what every start but a soft reset forgets.
func (b *Board) startAfresh(why cause) {
	b.cause = why
	b.uart.Discard()
	b.console.powerOn()
	b.dog.sleep()
	b.network.Restart()
	b.mu.Lock()
	b.restarts, b.resetAs = nil, resetPin
	b.mu.Unlock()
}

// start runs what a board runs at its start, and then serves its REPL.
func (b *Board) start(m *vm.Machine, why cause) cause {
	if b.chip != nil {
		if again, over := b.runFiles(m, why); over {
			return again
		}
	}
	return b.serve(m)
}

// serve feeds the machine until it is to be booted anew, or the board is off. It
// tells why.
func (b *Board) serve(m *vm.Machine) cause {
	var buf [256]byte
	resting := time.AfterFunc(restless, b.rest)
	defer resting.Stop()
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
			case err != nil:
				return b.fell(err)
			case exited:
				_ = b.console.announce([]byte(softReboot)) // fails only for a board without power
				return softReset
			}
		}
		resting.Reset(restless)
	}
	return b.halted()
}

// restless is how long a board is ready to go on at once with what it did last.
const restless = 50 * time.Millisecond

// rest has a board that nobody talks to let go of what it needs only while it runs.
func (b *Board) rest() {
	b.do(func(m *vm.Machine) error {
		m.Rest()
		return nil
	})
}

// softReboot is what MicroPython says before it starts anew.
const softReboot = "MPY: soft reboot\r\n"

// fell looks at what a machine ended of.
func (b *Board) fell(err error) cause {
	var host *vm.HostError
	switch {
	case errors.Is(err, vm.ErrHalted):
		return b.halted()
	case errors.As(err, &host):
		b.die(host)
	default:
		b.crashed(err)
	}
	return panicked
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
