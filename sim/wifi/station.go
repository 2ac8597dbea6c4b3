package wifi

import (
	"sync"
	"time"

	"github.com/espy-hil/espy/sim/profile"
)

// phase is where a station stands.
type phase int

const (
	idle   phase = iota
	trying       // it looks for its network, again and again
	joined       // it has an address
)

// Station is the radio of one board.
type Station struct {
	*Air
	p      *profile.WiFi
	serial byte

	mu        sync.Mutex
	active    bool
	apActive  bool
	ssid, key string
	phase     phase
	since     time.Time // of the attempt, or of the join
	why       int       // what status tells of the last attempt that failed; 0: none did
	tries     int       // that may still be made; -1: any number
	given     bool      // it was joined when it started
}

// New makes the radio of a board. serial is the last byte of its address.
func New(p *profile.WiFi, s Settings, serial byte) *Station {
	return &Station{Air: newAir(s), p: p, serial: serial}
}

// Start is a hard reset.
func (s *Station) Start(powerOn bool) {
	now := time.Now()
	if powerOn {
		s.powerOn(now)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase, s.why, s.tries, s.given = idle, 0, -1, false
	s.active, s.apActive = false, s.p.Remembers
	home := s.Networks[0]
	switch {
	case s.Unjoined && s.p.Remembers && s.ssid != "": // the SDK does, from its part of the flash
		s.active, s.phase, s.since = true, trying, now
	case s.Unjoined:
		s.ssid, s.key = "", ""
	default:
		s.active, s.given, s.ssid, s.key = true, true, home.SSID, home.Password
		s.phase, s.since = trying, now
		if s.thereAt(now) {
			s.phase = joined
		}
	}
}

// quick is a delay as the settings have it.
func (s *Station) quick(d time.Duration) time.Duration { return d / time.Duration(s.Quick) }

// advance works out what has come of it by now; the lock is held.
func (s *Station) advance(now time.Time) {
	for s.step(now) {
	}
}

// step is one thing that happens; false: nothing has since.
func (s *Station) step(now time.Time) bool {
	switch s.phase {
	case trying:
		return s.try(now)
	case joined:
		lost, gone := s.next(s.since, false)
		if !gone || lost.After(now) {
			return false
		}
		noticed := lost.Add(s.quick(s.p.Silence))
		if back, comes := s.next(lost, true); comes && !back.After(noticed) {
			if back.After(now) {
				return false
			}
			s.since = back
			return true
		}
		if noticed.After(now) {
			return false
		}
		s.phase, s.since, s.why = trying, noticed, s.p.LostIs
		return true
	}
	return false
}

// try is what becomes of an attempt.
func (s *Station) try(now time.Time) bool {
	n, known := s.network(s.ssid)
	after, why := s.quick(s.p.Scan), s.p.NoNetwork
	if known && s.thereAt(s.since) {
		switch end := s.since.Add(s.quick(s.p.Join)); {
		case n.Password != s.key:
			after, why = s.quick(s.p.Refuse), s.p.WrongPassword
		case end.After(now):
			return false
		case s.thereAt(end):
			s.phase, s.since, s.why = joined, end, 0
			return true
		}
	}
	end := s.since.Add(after)
	if end.After(now) {
		return false
	}
	s.why = why
	if s.tries > 0 {
		s.tries--
	}
	if s.tries == 0 {
		s.phase = idle
		return true
	}
	if s.tries < 0 { // it goes on like this until something changes: leap there
		changes, comes := s.next(end, why == s.p.NoNetwork)
		if !comes || !known || changes.After(now) {
			changes = now
		}
		if changes.After(end) {
			end = end.Add(changes.Sub(end) / after * after)
		}
	}
	s.since = end
	return true
}

// Joined tells whether the board has an address.
func (s *Station) Joined() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance(time.Now())
	return s.phase == joined
}

// Carries tells whether what it sends arrives: for some seconds a station does not
// know that its network has gone.
func (s *Station) Carries() bool { return s.Joined() && s.thereAt(time.Now()) }

// status is what WLAN.status gives; the lock is held.
func (s *Station) status() int {
	s.advance(time.Now())
	switch {
	case s.phase == joined:
		return s.p.Joined
	case s.why != 0:
		return s.why
	case s.phase == trying:
		return s.p.Connecting
	}
	return s.p.Idle
}
