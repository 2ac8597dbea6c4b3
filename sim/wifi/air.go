// Package wifi is the radio of a virtual board, and the air around it: the networks
// that are there, when, and what a station makes of them.
//
//	Python network.WLAN --open("/dev/wifi"), a command--> Station
//	                    <--the port's own numbers-------- Station <--when-- Air
//	link.Network        --Joined, Carries---------------> Station
//
// Nothing runs while nobody looks: a station works out from the time what has become
// of its attempts since it was asked last.
package wifi

import (
	"slices"
	"sync"
	"time"
)

// Network is an access point.
type Network struct {
	SSID     string
	Password string // "": open
	BSSID    [6]byte
	Channel  int
	RSSI     int // dBm
}

// Home is the network that is there if nothing else is said.
var Home = Network{SSID: "espy", Password: "a virtual network", BSSID: [6]byte{0x02, 0x65, 0x73, 0x70, 0x79, 0x01}, Channel: 6, RSSI: -52}

// Outage is a time in which no network is there, counted from power on.
type Outage struct{ After, For time.Duration }

// Settings are how a board's air is, and how the board begins in it.
type Settings struct {
	Networks []Network // none: Home
	Outages  []Outage
	// Unjoined: the board starts without a network, as one does whose boot.py joins
	// none. Otherwise it has joined the first of them when it starts.
	Unjoined bool
	// Quick divides all delays, for programs that have no time; 0 is 1.
	Quick int
}

// Air is what is around one board, from its power on.
type Air struct {
	Settings
	mu      sync.Mutex
	since   time.Time
	changes []change // by the host, in their order
}

type change struct {
	at    time.Time
	there bool
}

func newAir(s Settings) *Air {
	if len(s.Networks) == 0 {
		s.Networks = []Network{Home}
	}
	s.Quick = max(1, s.Quick)
	return &Air{Settings: s, since: time.Now()}
}

// powerOn is when outages are counted from.
func (a *Air) powerOn(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.since = now
}

// Lose takes the networks away, and Regain has them come back.
func (a *Air) Lose()   { a.change(false) }
func (a *Air) Regain() { a.change(true) }

func (a *Air) change(there bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.changes = append(a.changes, change{time.Now(), there})
}

// there tells whether the networks are at a time.
func (a *Air) there(at time.Time) bool {
	there := true
	for _, c := range a.changes {
		if !c.at.After(at) {
			there = c.there
		}
	}
	for _, o := range a.Outages {
		from := a.since.Add(o.After)
		if !at.Before(from) && at.Before(from.Add(o.For)) {
			return false
		}
	}
	return there
}

// next gives the first time from one on when the networks are there, or are not;
// false: as far as is known there is none.
func (a *Air) next(from time.Time, there bool) (time.Time, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.there(from) == there {
		return from, true
	}
	var times []time.Time
	for _, c := range a.changes {
		times = append(times, c.at)
	}
	for _, o := range a.Outages {
		start := a.since.Add(o.After)
		times = append(times, start, start.Add(o.For))
	}
	slices.SortFunc(times, time.Time.Compare)
	for _, at := range times {
		if at.After(from) && a.there(at) == there {
			return at, true
		}
	}
	return time.Time{}, false
}

// thereAt is there, for those who do not hold the lock.
func (a *Air) thereAt(at time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.there(at)
}

// network finds one by its name.
func (a *Air) network(ssid string) (Network, bool) {
	i := slices.IndexFunc(a.Networks, func(n Network) bool { return n.SSID == ssid })
	if i < 0 {
		return Network{}, false
	}
	return a.Networks[i], true
}
