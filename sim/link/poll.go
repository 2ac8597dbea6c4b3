package link

import (
	"errors"
	"os"
	"time"
)

// Bits of opPoll, as in MicroPython's py/stream.h.
const (
	pollIn  = 1
	pollOut = 4
	pollErr = 8
	pollHup = 16
)

// poll tells which of the asked-for bits hold now, and the others that hold
// whether asked for or not. They are Linux's, which lwIP's differ from in little.
func (s *Socket) poll(mask int64) int64 {
	switch {
	case s.dialling != nil && !s.dialling.is():
		return 0
	case s.dialling != nil && s.dialling.err != nil: // which the next call is told
		return mask&(pollIn|pollOut) | pollErr | pollHup
	case s.dialling != nil:
		s.arrived()
	case s.listener != nil:
		if mask&pollIn != 0 && s.accepts && s.called() {
			return pollIn
		}
		return 0
	case s.conn == nil:
		return mask&pollOut | pollHup
	}
	if !s.network.carries() {
		return mask & pollOut
	}
	ready := mask & pollOut
	if mask&pollIn != 0 && (len(s.buffered) > 0 || s.ended || s.look()) {
		ready |= pollIn
	}
	if s.broken != nil {
		ready |= pollErr | pollHup
	}
	return ready
}

// look finds out what can be read by reading it into the buffer. The first time after
// something was read or written it only glances, since a program that keeps connections
// looks once before each use; from then on it waits a little, since a poll that waits
// looks again and again.
func (s *Socket) look() bool {
	if s.broken != nil {
		return true
	}
	read := s.stream().Read
	if s.looked || s.secure != nil { // a glance does not see through TLS
		_ = s.stream().SetReadDeadline(time.Now().Add(neverWaits))
	} else {
		_ = s.conn.SetReadDeadline(time.Time{})
		read = s.conn.glance
	}
	s.looked = true
	done, err := s.receive(read)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		s.broken = err
	}
	return done || s.broken != nil
}

// called finds out whether there is something to accept by accepting it.
func (s *Socket) called() bool {
	if s.waiting == nil {
		_ = s.listener.SetDeadline(time.Now().Add(neverWaits))
		_, _ = s.take() // what is wrong, accept will say
	}
	return s.waiting != nil
}
