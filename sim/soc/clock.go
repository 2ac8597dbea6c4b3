package soc

import (
	"fmt"
	"slices"
	"time"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/profile"
)

// epoch is where the ports' clocks begin.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// clock is the chip's idea of the time: so much since the epoch at some moment.
type clock struct {
	at   time.Time
	is   time.Duration
	last time.Duration // what it was set to
}

func (c *clock) start(p *profile.Profile, why profile.Cause) {
	switch {
	case slices.Contains(p.ClockKept, why):
	case p.ClockFalls && why != profile.PowerOn:
		c.at, c.is = time.Now(), c.last
	default:
		*c = clock{at: time.Now()}
	}
}

// now is the time that the chip believes it to be.
func (c *clock) now() time.Time { return epoch.Add(c.is + time.Since(c.at)) }

// text is seconds and microseconds.
func (c *clock) text() []byte {
	now := c.is + time.Since(c.at)
	return fmt.Appendf(nil, "%d %d", now/time.Second, now%time.Second/time.Microsecond)
}

func (c *clock) set(p []byte) errno.Errno {
	var s, us int64
	if _, err := fmt.Sscan(string(p), &s, &us); err != nil {
		return errno.EINVAL
	}
	c.at = time.Now()
	c.is = time.Duration(s)*time.Second + time.Duration(us)*time.Microsecond
	c.last = c.is
	return errno.OK
}

// HostTime is what a time server would say: seconds since the ports' epoch.
func HostTime() []byte { return fmt.Appendf(nil, "%d", time.Since(epoch)/time.Second) }
