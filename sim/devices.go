package sim

import (
	"crypto/rand"
	"strings"
	"time"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/soc"
	"github.com/espy-hil/espy/sim/vm"
)

// device opens what stands below /dev on a virtual board.
func (b *Board) device(name string) (vm.File, errno.Errno) {
	if host, ok := strings.CutPrefix(name, "dns/"); ok {
		return b.network.Lookup(host), errno.OK
	}
	if b.chip != nil {
		if f, e, is := b.chip.Device(name); is {
			return f, e
		}
		switch {
		case name == "wifi":
			return b.radio.Device(), errno.OK
		case name == "mac":
			mac := b.chip.MAC()
			return soc.Answer(mac[:]), errno.OK
		case name == "ntp" && b.radio.Joined():
			return soc.Answer(soc.HostTime()), errno.OK
		}
	}
	switch name {
	case "socket":
		s, e := b.network.Socket()
		if e != errno.OK {
			return nil, e
		}
		return s, errno.OK
	case "tls": // settings alone
		return b.network.Settings(), errno.OK
	case "clock":
		return clock{}, errno.OK
	case "chip":
		return chip{b}, errno.OK
	case "urandom":
		return urandom{}, errno.OK
	}
	return nil, errno.ENOENT
}

// Operations of the clock, as rom/_boot.py names them.
const (
	opSleepUS      = 16 // argument: microseconds
	opSleepMS      = 17 // argument: milliseconds
	opMicroseconds = 18 // the result counts up from some moment, modulo 2^30 as ticks do
)

// ticksMask is MICROPY_PY_TIME_TICKS_PERIOD - 1.
const ticksMask = 1<<30 - 1

// clock is the same for all boards: where ticks begin says nothing.
type clock struct{}

var clockStart = time.Now()

func (clock) Stateless() bool { return true }

func (c clock) Control(w vm.Waiter, operation uint32, argument int64) (int64, errno.Errno) {
	switch operation {
	case opSleepUS:
		c.sleep(w, time.Duration(argument)*time.Microsecond)
		return 0, errno.OK // an interrupt is raised at the next bytecode
	case opSleepMS:
		c.sleep(w, time.Duration(argument)*time.Millisecond)
		return 0, errno.OK
	case opMicroseconds:
		return time.Since(clockStart).Microseconds() & ticksMask, errno.OK
	}
	return 0, errno.EINVAL
}

func (clock) sleep(w vm.Waiter, d time.Duration) {
	end := time.Now().Add(d)
	for left := d; left > 0; left = time.Until(end) {
		woken := make(chan struct{}, 1)
		wake := func() {
			select {
			case woken <- struct{}{}:
			default: // woken already
			}
		}
		timer := time.NewTimer(left)
		e := w.Wait(wake, func() {
			select {
			case <-timer.C:
			case <-woken:
			}
		})
		timer.Stop()
		if e != errno.OK {
			return
		}
	}
}

func (clock) Read(vm.Waiter, []byte) (int, errno.Errno)  { return 0, errno.OK }
func (clock) Write(vm.Waiter, []byte) (int, errno.Errno) { return 0, errno.EBADF }
func (clock) Close()                                     {}

type urandom struct{}

func (urandom) Stateless() bool { return true }

func (urandom) Read(_ vm.Waiter, p []byte) (int, errno.Errno) {
	n, _ := rand.Read(p) // never fails
	return n, errno.OK
}

func (urandom) Write(vm.Waiter, []byte) (int, errno.Errno) { return 0, errno.EBADF }

func (urandom) Control(vm.Waiter, uint32, int64) (int64, errno.Errno) { return 0, errno.EINVAL }

func (urandom) Close() {}
