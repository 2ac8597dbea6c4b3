// Package soc is what a virtual board's chip remembers while programs come and go:
// why it started, its pins, its clock, its clock frequency.
//
//	Python machine, esp, time --open("/dev/soc", "/dev/rtc", …)--> Chip
//
// It lives from power on to power off; a hard reset clears what the chip's own would.
// The board's goroutine alone uses it, but for Pin.
package soc

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/binary"
	"sync"
	"time"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/profile"
	"github.com/espy-hil/espy/sim/vm"
)

// Chip is the chip of one board.
type Chip struct {
	profile *profile.Profile
	mac     [6]byte
	doze    func(time.Duration)

	cause  int // what machine.reset_cause gives
	mhz    int
	clock  clock
	memory []byte // of the RTC
	values nvs    // which outlive every reset, and the power as well
	keep   func([]byte) errno.Errno

	mu   sync.Mutex
	pins map[int]pin
}

// New makes a chip; serial tells it from others of its kind. doze is called, on the
// board's goroutine, when a program has it sleep and start anew after that.
func New(p *profile.Profile, serial uint16, doze func(time.Duration)) *Chip {
	c := &Chip{profile: p, doze: doze, values: nvs{}, keep: func([]byte) errno.Errno { return errno.OK }}
	copy(c.mac[:], p.MAC)
	binary.BigEndian.PutUint16(c.mac[4:], serial)
	return c
}

// MAC is the address of the chip's Wi-Fi station.
func (c *Chip) MAC() [6]byte { return c.mac }

// Now is the time that the chip believes it to be. The board's goroutine calls it.
func (c *Chip) Now() time.Time { return c.clock.now() }

// Start is any start for a reason. A soft reset is one of MicroPython alone.
func (c *Chip) Start(why profile.Cause) {
	if cause := c.profile.ResetCause[why]; cause >= 0 {
		c.cause = cause
	}
	if why == profile.SoftReset {
		return
	}
	c.mhz = c.profile.MHz[0]
	c.clock.start(c.profile, why)
	if why == profile.PowerOn || why == profile.ResetPin && !c.profile.ClockFalls {
		c.memory = nil // EN takes the power from all of an ESP32
	}
	c.mu.Lock()
	c.pins = map[int]pin{}
	c.mu.Unlock()
}

// id is machine.unique_id: of an ESP8266 the last three bytes of the MAC address, as
// the SDK's integer.
func (c *Chip) id() []byte {
	if c.profile.ShortID {
		return []byte{c.mac[5], c.mac[4], c.mac[3], 0}
	}
	return c.mac[:]
}

// Operations of /dev/soc, as rom/esp/machine.py names them.
const (
	opDeepSleep = 17 // argument: milliseconds; 0: until a reset
	opCause     = 18
	opFrequency = 19 // argument: MHz, 0 asks
	opPinMode   = 20 // argument: the pin's number, and in the low 8 bits the mode
	opPinPull   = 21 // as opPinMode
	opPinSet    = 22 // as opPinMode, the level; what the pin was before comes back
	opPinGet    = 23 // argument: the pin's number
)

// Device opens what the chip has below /dev; false: it has no such thing.
func (c *Chip) Device(name string) (vm.File, errno.Errno, bool) {
	switch name {
	case "soc":
		return &file{answer: c.id(), control: c.control}, errno.OK, true
	case "rtc":
		return &file{answer: c.clock.text(), write: c.clock.set}, errno.OK, true
	case "nvs":
		return &nvsFile{chip: c}, errno.OK, true
	case "sha1":
		return digest(sha1.New()), errno.OK, true
	case "md5":
		return digest(md5.New()), errno.OK, true
	case "rtcmem":
		return &file{answer: c.memory, write: c.remember}, errno.OK, true
	}
	return nil, errno.ENOENT, false
}

func (c *Chip) remember(p []byte) errno.Errno {
	c.memory = append([]byte(nil), p...)
	return errno.OK
}

func (c *Chip) control(operation uint32, argument int64) (int64, errno.Errno) {
	switch operation {
	case opDeepSleep:
		c.doze(asleep(argument))
		return 0, errno.EINTR
	case opCause:
		return int64(c.cause), errno.OK
	case opFrequency:
		if argument != 0 {
			c.mhz = int(argument)
		}
		return int64(c.mhz), errno.OK
	case opPinMode, opPinPull, opPinSet, opPinGet:
		return c.pin(operation, argument), errno.OK
	}
	return 0, errno.EINVAL
}

// asleep is how long a deep sleep lasts; for ever if nothing ends it.
func asleep(ms int64) time.Duration {
	if ms <= 0 {
		return 1<<63 - 1
	}
	return time.Duration(ms) * time.Millisecond
}
