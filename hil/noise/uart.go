package noise

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/espy-hil/espy/hil/board"
)

// UART is a UART at the end of a bad line.
type UART struct {
	inner board.UART

	reading, writing sync.Mutex // held by the call that is under way
	in, out          *bursts
	come             []segment // what was read and has not been delivered
	buf              [4096]byte

	read, write timer
}

// UART puts a line between a UART and whoever has it.
func (l Line) UART(u board.UART) *UART {
	const toBoard, fromBoard = 1, 2
	n := &UART{inner: u, in: newBursts(l, fromBoard), out: newBursts(l, toBoard)}
	n.read.init()
	n.write.init()
	return n
}

// Hit tells how many bytes bursts have hit so far, in each direction.
func (u *UART) Hit() (toBoard, fromBoard int) {
	return int(u.out.hit.Load()), int(u.in.hit.Load())
}

func (u *UART) Read(p []byte) (int, error) {
	u.reading.Lock()
	defer u.reading.Unlock()
	for {
		if errors.Is(u.read.passed(), os.ErrClosed) {
			return 0, os.ErrClosed
		}
		if n, err := u.deliver(p); n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
		n, err := u.inner.Read(u.buf[:])
		for at := 0; at < n; {
			s := u.in.next(u.buf[at:n])
			at += s.taken
			s.out = bytes.Clone(s.out)
			u.come = append(u.come, s)
		}
		if err != nil && n == 0 {
			return 0, err
		}
	}
}

// deliver gives what has come, up to the next delay.
func (u *UART) deliver(p []byte) (n int, err error) {
	for len(u.come) > 0 && n < len(p) {
		first := &u.come[0]
		if first.late > 0 {
			if n > 0 {
				return n, nil
			}
			if err := u.read.wait(first.late); err != nil {
				return 0, err
			}
			first.late = 0
		}
		k := copy(p[n:], first.out)
		n += k
		if first.out = first.out[k:]; len(first.out) == 0 {
			u.come = u.come[1:]
		}
	}
	return n, nil
}

// Write counts a burst as written whole: of one that the board takes half of, the
// other half is lost.
func (u *UART) Write(p []byte) (int, error) {
	u.writing.Lock()
	defer u.writing.Unlock()
	if err := u.write.passed(); err != nil {
		return 0, err
	}
	for done := 0; done < len(p); {
		s := u.out.next(p[done:])
		if s.late > 0 {
			if err := u.write.wait(s.late); err != nil {
				return done + s.taken, err
			}
		}
		if len(s.out) > 0 {
			switch n, err := u.inner.Write(s.out); {
			case err != nil && s.calm:
				u.out.giveBack(s.taken - n)
				return done + n, err
			case err != nil:
				return done + s.taken, err
			}
		}
		done += s.taken
	}
	return len(p), nil
}

// SetReadDeadline ends reads that are pending at t with os.ErrDeadlineExceeded.
func (u *UART) SetReadDeadline(t time.Time) error {
	u.read.set(t)
	return u.inner.SetReadDeadline(t)
}

// SetWriteDeadline ends writes that are pending at t with os.ErrDeadlineExceeded.
func (u *UART) SetWriteDeadline(t time.Time) error {
	u.write.set(t)
	return u.inner.SetWriteDeadline(t)
}

// Close closes the UART behind the line.
func (u *UART) Close() error {
	u.read.close()
	u.write.close()
	return u.inner.Close()
}

// timer is the waits of one direction, with their deadline.
type timer struct {
	mu     sync.Mutex
	at     time.Time
	moved  chan struct{} // closed when the deadline is moved
	closed bool
}

func (t *timer) init() { t.moved = make(chan struct{}) }

func (t *timer) set(at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at = at
	close(t.moved)
	t.moved = make(chan struct{})
}

func (t *timer) close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.set(time.Time{})
}

func (t *timer) passed() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return os.ErrClosed
	case !t.at.IsZero() && !time.Now().Before(t.at):
		return os.ErrDeadlineExceeded
	}
	return nil
}

// wait waits for d, or until the deadline passes.
func (t *timer) wait(d time.Duration) error {
	for end := time.Now().Add(d); ; {
		if err := t.passed(); err != nil {
			return err
		}
		left := time.Until(end)
		if left <= 0 {
			return nil
		}
		t.mu.Lock()
		moved := t.moved
		if !t.at.IsZero() {
			left = min(left, time.Until(t.at))
		}
		t.mu.Unlock()
		alarm := time.NewTimer(left)
		select {
		case <-alarm.C:
		case <-moved:
		}
		alarm.Stop()
	}
}
