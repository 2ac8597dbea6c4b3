// Package uart is the wire between a virtual board and its host: one bounded
// queue of bytes in each direction, with deadlines on the host's side.
//
//	host --Write--> receive queue --Next--> board
//	host <--Read--- transmit queue <--Put-- board
//
// A full queue makes its writer wait; nothing is lost.
package uart

import (
	"bytes"
	"cmp"
	"io"
	"os"
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

// remove takes the first b out of the queue, and tells whether there was one.
func (q *queue) remove(b byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := bytes.IndexByte(q.buf, b)
	if i < 0 {
		return false
	}
	q.buf = append(q.buf[:i], q.buf[i+1:]...)
	q.cond.Broadcast()
	return true
}

func (q *queue) clear() {
	q.mu.Lock()
	q.drop(len(q.buf))
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
