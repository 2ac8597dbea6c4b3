package sim

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/flash"
	"github.com/espy-hil/espy/sim/profile"
	"github.com/espy-hil/espy/sim/rom"
	"github.com/espy-hil/espy/sim/soc"
	"github.com/espy-hil/espy/sim/vm"
	"github.com/espy-hil/espy/sim/wifi"
)

// fit gives the board its ROM, and its chip if it has one. files are what stands on its
// flash from the beginning.
func (b *Board) fit(files map[string][]byte) error {
	rom, err := romOf(b.spec.Chip)
	if err != nil {
		return err
	}
	b.flash.Mount("rom", rom)
	if p := b.spec.Chip; p != nil {
		b.fitChip(p)
		if e := b.flash.WriteFile("/boot.py", []byte(p.BootFile)); e != errno.OK {
			return fmt.Errorf("putting boot.py on its flash: errno %d", e)
		}
	}
	for name, data := range files {
		if e := b.flash.WriteFile(name, data); e != errno.OK {
			return fmt.Errorf("putting %s on its flash: errno %d", name, e)
		}
	}
	return b.keepFlash()
}

func (b *Board) fitChip(p *profile.Profile) {
	b.chip = soc.New(p, b.spec.Serial, func(d time.Duration) {
		b.sleeps = d
		b.restart(woken)
		panic(vm.ErrHalted)
	})
	b.radio = wifi.New(&p.WiFi, b.spec.WiFi, byte(b.spec.Serial))
	b.network.Air, b.network.Clock = b.radio, b.chip.Now
	b.console.machine = p.Machine
	b.flash.Capacity = p.Files
}

// roms are the ROMs of this process, by their chips: one for all boards of a kind.
var roms sync.Map // *profile.Profile -> func() (*flash.Node, error)

func romOf(chip *profile.Profile) (*flash.Node, error) {
	once, _ := roms.LoadOrStore(chip, sync.OnceValues(func() (*flash.Node, error) {
		if chip == nil {
			return flash.ROM(rom.Files())
		}
		files := rom.Files(chip.Modules...)
		files["/lib/_profile.py"] = chip.Module()
		return flash.ROM(files)
	}))
	return once.(func() (*flash.Node, error))()
}

func (b *Board) bootProgram() string {
	if b.chip == nil {
		return rom.Boot
	}
	return rom.BootChip + "# " + b.spec.Chip.Name // no two chips start alike
}

// startChip starts the chip. What its ROM has to say at another rate than
// MicroPython's is heard as what it looks like at that.
func (b *Board) startChip(why cause) {
	if b.chip == nil {
		return
	}
	b.chip.Start(why)
	if why != softReset {
		b.radio.Start(why == powerOn)
	}
	if p := b.spec.Chip; why != softReset {
		_ = b.console.announce([]byte(profile.Heard(p.ROM(why), p.Baud, usualBaud))) // fails only for a board without power
	}
}

// usualBaud is the rate at which MicroPython talks, and is listened to.
const usualBaud = 115200

// runFiles runs boot.py and main.py, and brings up the prompt; how the board starts
// next if that is over.
func (b *Board) runFiles(m *vm.Machine, why cause) (again cause, over bool) {
	b.console.release()
	for _, name := range []string{"boot.py", "main.py"} {
		if name == "main.py" && b.console.raw {
			break
		}
		if b.interrupted() != nil {
			return b.halted(), true
		}
		if n, e := b.flash.Lookup("/" + name); e != errno.OK || n.IsDir() {
			continue
		}
		raised, err := m.RunFile(name)
		if err != nil {
			return b.fell(err), true
		}
		if raised == nil {
			continue
		}
		if raised.Type == "SystemExit" {
			if b.spec.Chip.ExitReboots {
				_ = b.console.announce([]byte(softReboot))
				return softReset, true
			}
			continue
		}
		if err := b.console.print([]byte(raised.Traceback)); err != nil {
			return b.halted(), true
		}
		if name == "boot.py" {
			break
		}
	}
	if why != softReset {
		_ = b.console.announce([]byte(b.spec.Chip.Gap))
	}
	b.console.hold()
	if err := b.console.restart(m); err != nil {
		return b.fell(err), true
	}
	return 0, false
}

// sleep waits while the chip sleeps, deaf to its UART, unless it is reset. It tells why
// the board starts after it.
func (b *Board) sleep() cause {
	b.mu.Lock()
	b.restarts = nil
	b.mu.Unlock()
	var over atomic.Bool
	alarm := time.AfterFunc(b.sleeps, func() {
		over.Store(true)
		b.uart.Wake()
	})
	defer alarm.Stop()
	var lost [64]byte
	for {
		_, err := b.uart.Get(lost[:], func() error {
			if over.Load() {
				return errWoken
			}
			return b.interrupted()
		})
		switch {
		case err == nil:
		case errors.Is(err, errWoken):
			return woken
		default:
			return b.halted()
		}
	}
}

// errWoken ends a deep sleep.
var errWoken = errors.New("it is awake")
