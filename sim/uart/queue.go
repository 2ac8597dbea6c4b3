// Package uart is the wire between a virtual board and its host: one bounded
// queue of bytes in each direction, with deadlines on the host's side.
//
//	host --Write--> receive queue --Next--> board
//	host <--Read--- transmit queue <--Put-- board
//
// A full queue makes its writer wait, and nothing is lost, unless [Settings] say that
// the receive queue is a chip's own and nobody cares for its flow control. Either way
// the interrupt character acts when it arrives, as in a UART's interrupt handler: it
// needs no room.
package uart

import (
	"bytes"
	"cmp"
	"io"
	"os"
	"slices"
	"sync"
	"time"
	"unicode/utf8"
)

// queue is a bounded first-in first-out of bytes.
type queue struct {
	mu     sync.Mutex
	cond   sync.Cond
	buf    []byte
	limit  int
	closed bool
	cause  error // of the end, where it has one that is worth telling

	// Of the receive queue:
	overruns bool   // what finds no room is lost
	parked   []byte // what the host has written and there is no room for yet
	early    int    // how many bytes were taken out of what is parked
	lost     []byte // what was lost since the board has read last
}

func (q *queue) init(limit int) {
	q.cond.L = &q.mu
	q.limit = limit
}

func (q *queue) close(cause error) {
	q.mu.Lock()
	if !q.closed {
		q.closed, q.cause = true, cause
	}
	q.cond.Broadcast()
	q.mu.Unlock()
}

func (q *queue) wake() {
	q.mu.Lock()
	q.cond.Broadcast()
	q.mu.Unlock()
}

// write appends as much of p as there is room for, waiting for some. stop is
// asked before it waits, with the lock held; what it returns ends the wait.
func (q *queue) write(p []byte, stop func() error) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if q.closed {
			return 0, cmp.Or(q.cause, io.ErrClosedPipe)
		}
		if room := q.limit - len(q.buf); room > 0 || len(p) == 0 {
			n := min(room, len(p))
			q.buf = append(q.buf, p[:n]...)
			q.cond.Broadcast()
			return n, nil
		}
		if err := stop(); err != nil {
			return 0, err
		}
		q.cond.Wait()
	}
}

// read takes what there is, waiting for at least one byte. With last not nil it
// takes no more than up to the first byte for which last holds.
func (q *queue) read(p []byte, last func(byte) bool, stop func() error) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.lost = q.lost[:0]
	for {
		if len(q.buf) > 0 && len(p) > 0 {
			n := min(len(p), len(q.buf))
			if last != nil {
				if i := bytes.IndexFunc(q.buf[:n], func(r rune) bool { return r < utf8.RuneSelf && last(byte(r)) }); i >= 0 {
					n = i + 1
				}
			}
			copy(p, q.buf[:n])
			q.drop(n)
			return n, nil
		}
		if q.closed {
			return 0, cmp.Or(q.cause, io.EOF)
		}
		if err := stop(); err != nil {
			return 0, err
		}
		if len(p) == 0 {
			return 0, nil
		}
		q.cond.Wait()
	}
}

// accept is write for all of p, as the host does it: told is called, without the lock,
// when bytes have come.
func (q *queue) accept(p []byte, stop func() error, told func()) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.parked, q.early = p, 0
	defer func() { q.parked = nil }()
	for waited := false; len(q.parked) > 0; {
		room := q.limit - len(q.buf)
		switch {
		case q.closed:
			return len(p) - len(q.parked) - q.early, cmp.Or(q.cause, io.ErrClosedPipe)
		case room > 0:
			n := min(room, len(q.parked))
			q.buf = append(q.buf, q.parked[:n]...)
			q.parked = q.parked[n:]
			q.cond.Broadcast()
			q.tell(told)
			continue
		case q.overruns:
			const known = 4 << 10 // no interrupt needs more
			q.lost = append(q.lost, q.parked[max(len(q.parked)-known, 0):]...)
			q.lost = slices.Delete(q.lost, 0, max(len(q.lost)-known, 0))
			q.tell(told)
			return len(p), nil
		case !waited: // the interrupt character may be among what is parked
			waited = true
			q.tell(told)
			continue
		}
		if err := stop(); err != nil {
			return len(p) - len(q.parked) - q.early, err
		}
		q.cond.Wait()
	}
	return len(p), nil
}

func (q *queue) tell(told func()) {
	q.mu.Unlock()
	defer q.mu.Lock()
	told()
}

// remove takes the first b out of what has arrived, and tells whether there was one.
func (q *queue) remove(b byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := bytes.IndexByte(q.buf, b); i >= 0 {
		q.buf = append(q.buf[:i], q.buf[i+1:]...)
		q.cond.Broadcast()
		return true
	}
	if i := bytes.IndexByte(q.parked, b); i >= 0 {
		q.parked = slices.Concat(q.parked[:i], q.parked[i+1:]) // not in place: they are the host's
		q.early++
		q.cond.Broadcast()
		return true
	}
	if i := bytes.IndexByte(q.lost, b); i >= 0 {
		q.lost = append(q.lost[:i], q.lost[i+1:]...)
		return true
	}
	return false
}

func (q *queue) full() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.buf) == q.limit
}

// pause waits until a moment.
func (q *queue) pause(until time.Time, stop func() error) error {
	left := time.Until(until)
	if left <= 0 {
		return nil
	}
	defer time.AfterFunc(left, q.wake).Stop()
	q.mu.Lock()
	defer q.mu.Unlock()
	for time.Now().Before(until) {
		if q.closed {
			return cmp.Or(q.cause, io.ErrClosedPipe)
		}
		if err := stop(); err != nil {
			return err
		}
		q.cond.Wait()
	}
	return nil
}

func (q *queue) clear() {
	q.mu.Lock()
	q.drop(len(q.buf))
	q.lost = q.lost[:0]
	q.mu.Unlock()
}

// drop forgets the first n bytes; the lock is held.
func (q *queue) drop(n int) {
	if n == len(q.buf) {
		q.buf = q.buf[:0]
	} else {
		q.buf = append(q.buf[:0], q.buf[n:]...)
	}
	q.cond.Broadcast()
}

// deadline is a time after which waits on a queue end.
type deadline struct {
	mu    sync.Mutex
	at    time.Time
	timer *time.Timer
}

// set takes effect for pending waits as well: q is woken now and when t comes.
func (d *deadline) set(t time.Time, q *queue) {
	d.mu.Lock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	d.at = t
	if !t.IsZero() {
		if wait := time.Until(t); wait > 0 {
			d.timer = time.AfterFunc(wait, q.wake)
		}
	}
	d.mu.Unlock()
	q.wake()
}

func (d *deadline) passed() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.at.IsZero() && !time.Now().Before(d.at) {
		return os.ErrDeadlineExceeded
	}
	return nil
}
