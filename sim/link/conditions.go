package link

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/espy-hil/espy/sim/errno"
)

// Conditions are how good a board's network is; the zero value is perfect. Each has a
// file of its own, by the word that a user says.
//
//	board --write--> lane: bandwidth, loss, latency, down --> server's socket
//	board <--read--- lane: the same, with chances of its own <-- server's socket
//
// A lane carries packets of segment bytes, cut where their number in the connection
// says. What befalls the n-th packet of the m-th connection since the board was
// powered follows from the seed alone.
type Conditions struct {
	Seed uint64

	Latency, Jitter time.Duration // each way; jitter is added, between none and all of it
	Bandwidth       int           // bytes per second, each way; 0: no limit
	Loss            float64       // the share of packets that are lost once, and sent again
	Stall           time.Duration // what a lost packet costs; 300 ms if it is 0

	Window int // the most that a server sends before the board has read, in bytes; 0: no limit

	Down    Moment        // when a connection makes the network go down
	Back    time.Duration // how long it stays down; 0: for good
	Offline bool          // no host can be reached

	Sockets   int         // the most that are open at once; 0: no limit
	SocketsNo errno.Errno // what one too many is told; ENFILE if it is 0

	DNSDelay time.Duration // what a look-up takes
	DNSLoss  float64       // the share of look-ups that fail
}

// Moment is a place in a connection: a number of bytes, of both directions, or a time
// since it was made. Neither is never.
type Moment struct {
	Bytes int64
	Time  time.Duration
}

// segment is how much a packet carries at most: lwIP's TCP_MSS on an ESP32.
const segment = 1440

// keys are what can be said of a network, as key=value, or as a word alone.
var keys = map[string]func(c *Conditions, value string) error{
	"seed":      func(c *Conditions, v string) (err error) { c.Seed, err = strconv.ParseUint(v, 10, 64); return err },
	"latency":   duration(func(c *Conditions) *time.Duration { return &c.Latency }),
	"jitter":    duration(func(c *Conditions) *time.Duration { return &c.Jitter }),
	"bandwidth": size(func(c *Conditions) *int { return &c.Bandwidth }),
	"loss":      share(func(c *Conditions) *float64 { return &c.Loss }),
	"stall":     duration(func(c *Conditions) *time.Duration { return &c.Stall }),
	"window":    size(func(c *Conditions) *int { return &c.Window }),
	"down":      setDown,
	"back":      duration(func(c *Conditions) *time.Duration { return &c.Back }),
	"offline":   func(c *Conditions, v string) error { c.Offline = true; return noValue(v) },
	"sockets":   setSockets,
	"dns-delay": duration(func(c *Conditions) *time.Duration { return &c.DNSDelay }),
	"dns-loss":  share(func(c *Conditions) *float64 { return &c.DNSLoss }),
}

// Keys lists what Set understands.
func Keys() []string { return slices.Sorted(maps.Keys(keys)) }

// Set sets what a user has said: latency=50ms, or a word alone such as offline.
func (c *Conditions) Set(key, value string) error {
	set, known := keys[key]
	if !known {
		return fmt.Errorf("a network has no %q; it has %s", key, strings.Join(Keys(), ", "))
	}
	if err := set(c, value); err != nil {
		return fmt.Errorf("%s=%s: %w", key, value, err)
	}
	return nil
}

// perfect tells whether bytes move as the host's sockets move them.
func (c *Conditions) perfect() bool {
	return c.Latency == 0 && c.Jitter == 0 && c.Bandwidth == 0 && c.Loss == 0 && c.Window == 0 && c.Down == Moment{}
}

func duration(of func(*Conditions) *time.Duration) func(*Conditions, string) error {
	return func(c *Conditions, v string) error {
		d, err := time.ParseDuration(v)
		if err != nil || d < 0 {
			return fmt.Errorf("expected a duration, such as 50ms")
		}
		*of(c) = d
		return nil
	}
}

func size(of func(*Conditions) *int) func(*Conditions, string) error {
	return func(c *Conditions, v string) error {
		n, err := parseSize(v)
		if err != nil || n == 0 {
			return fmt.Errorf("expected a number of bytes, such as 5744 or 16KiB")
		}
		*of(c) = n
		return nil
	}
}

func parseSize(v string) (int, error) {
	number, unit := strings.TrimSuffix(v, "B"), 1
	for suffix, factor := range map[string]int{"Ki": 1 << 10, "Mi": 1 << 20} {
		if digits, found := strings.CutSuffix(number, suffix); found {
			number, unit = digits, factor
		}
	}
	n, err := strconv.ParseUint(number, 10, 31)
	if err == nil && n*uint64(unit) >= 1<<40 {
		err = strconv.ErrRange
	}
	return int(n) * unit, err
}

func share(of func(*Conditions) *float64) func(*Conditions, string) error {
	return func(c *Conditions, v string) error {
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || !(f >= 0 && f <= 1) {
			return fmt.Errorf("expected a share between 0 and 1, such as 0.02")
		}
		*of(c) = f
		return nil
	}
}

func noValue(v string) error {
	if v != "" {
		return fmt.Errorf("expected no value")
	}
	return nil
}
