package redact

import (
	"bytes"
	"sync"

	"github.com/espy-hil/espy/fakeapi/capture"
)

// Sink gives a sink that takes secrets out of what goes to it. A secret may come in any
// number of pieces, so a connection's events are held back until it is over, and have
// the times that they had. The keys of TLS are left out: with them, secrets could be read
// in what is enciphered.
func (r *Redactor) Sink(to capture.Sink) capture.Sink {
	if r == nil || to == nil {
		return to
	}
	return &sink{to: to, redactor: r, held: map[*capture.Conn][]capture.Event{}}
}

type sink struct {
	to       capture.Sink
	redactor *Redactor

	mu   sync.Mutex
	held map[*capture.Conn][]capture.Event // of connections that are not over
}

// Record holds an event back, or lets go of a connection that is over.
func (s *sink) Record(e capture.Event) {
	if e.Conn == nil { // a key
		return
	}
	e.Bytes = bytes.Clone(e.Bytes)
	s.mu.Lock()
	events := append(s.held[e.Conn], e)
	s.held[e.Conn] = events
	if e.Kind == capture.Closed {
		delete(s.held, e.Conn)
	}
	s.mu.Unlock()
	if e.Kind == capture.Closed {
		s.release(events)
	}
}

// release passes a connection's events on, without secrets.
func (s *sink) release(events []capture.Event) {
	for _, kind := range []capture.Kind{capture.Received, capture.Sent, capture.Deciphered, capture.Enciphered, capture.Failed} {
		var all []byte
		for _, e := range events {
			if e.Kind == kind {
				all = append(all, e.Bytes...)
			}
		}
		s.redactor.Bytes(all)
		for _, e := range events {
			if e.Kind == kind {
				all = all[copy(e.Bytes, all):]
			}
		}
	}
	for _, e := range events {
		s.to.Record(e)
	}
}
