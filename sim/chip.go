package sim

import (
	"sync"
	"time"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/profile"
	"github.com/espy-hil/espy/sim/vm"
)

// cause is why a board has started. The numbers are what /dev/chip tells; which of
// them machine.reset_cause() tells apart is the port's affair.
type cause = profile.Cause

const (
	powerOn   = profile.PowerOn
	resetPin  = profile.ResetPin  // Reset
	byProgram = profile.ByProgram // machine.reset()
	bitten    = profile.Bitten    // by the watchdog
	softReset = profile.SoftReset // Ctrl-D, SystemExit
	panicked  = profile.Panicked  // the VM crashed
	woken     = profile.Woken     // machine.deepsleep() is over
)

// restart has the board start anew, for a reason of its own.
func (b *Board) restart(why cause) {
	m, running := b.life.Now() // before others see why: what they begin is not to be halted
	b.mu.Lock()
	if b.restarts == nil {
		b.restarts = &why
	}
	b.mu.Unlock()
	if running {
		b.halt(m)
	}
}

// restarting tells whether the board is to start anew for a reason of its own, and which.
func (b *Board) restarting() (why cause, is bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.restarts == nil {
		return b.resetAs, false
	}
	return *b.restarts, true
}

// Operations of /dev/chip, as rom/_chip.py names them.
const (
	opReset = 16
	opCause = 17
	opWatch = 18 // argument: milliseconds
	opFeed  = 19
)

// chip is what a program does to the board itself.
type chip struct{ board *Board }

func (c chip) Control(w vm.Waiter, operation uint32, argument int64) (int64, errno.Errno) {
	switch operation {
	case opReset:
		c.board.restart(byProgram)
		for range 2 { // the first may be told of an interrupt
			w.Wait(func() {}, func() {}) // does not come back: the machine is halted
		}
		return 0, errno.EINTR
	case opCause:
		return int64(c.board.cause), errno.OK
	case opWatch:
		c.board.dog.watch(time.Duration(argument) * time.Millisecond)
		return 0, errno.OK
	case opFeed:
		c.board.dog.feed()
		return 0, errno.OK
	}
	return 0, errno.EINVAL
}

func (chip) Read(vm.Waiter, []byte) (int, errno.Errno)  { return 0, errno.OK }
func (chip) Write(vm.Waiter, []byte) (int, errno.Errno) { return 0, errno.EBADF }
func (chip) Close()                                     {}

// watchdog resets a board whose program does not feed it in time. Once it watches it
// goes on until the board is reset; a soft reset does not stop it.
type watchdog struct {
	bite func()

	mu      sync.Mutex
	timeout time.Duration
	timer   *time.Timer // nil: it sleeps
}

// watch begins, or begins anew with another timeout.
func (d *watchdog) watch(timeout time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
	var timer *time.Timer
	timer = time.AfterFunc(timeout, func() {
		d.mu.Lock()
		hungry := d.timer == timer
		d.timer = nil
		d.mu.Unlock()
		if hungry {
			d.bite()
		}
	})
	d.timeout, d.timer = timeout, timer
}

func (d *watchdog) feed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Reset(d.timeout)
	}
}

// sleep ends the watch.
func (d *watchdog) sleep() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
	d.timer = nil
}
