package publish

import (
	"context"
	"errors"
	"os"
	"time"
)

// bitsPerByte is what a byte takes on the wire: a start bit, 8 bits, a stop bit.
const bitsPerByte = 10

// pace lets bytes through at a baud rate, in one direction. The zero pace lets them
// through as they come.
type pace struct {
	perByte time.Duration
	free    time.Time // when the wire has moved what it was given so far
}

func newPace(baud int) pace {
	if baud == 0 {
		return pace{}
	}
	return pace{perByte: bitsPerByte * time.Second / time.Duration(baud)}
}

// piece is how many bytes to move at once: with a rate, what takes 5 ms or so, that
// they come one after the other as they do on a wire.
func (p *pace) piece() int {
	const most = 4096
	if p.perByte == 0 {
		return most
	}
	return min(max(int(5*time.Millisecond/p.perByte), 1), most)
}

// lateness is how late a timer of a loaded machine may be.
const lateness = 20 * time.Millisecond

// wait takes the time that n bytes take. Time that a late timer has cost is made up
// for with the next bytes, so that the rate is kept.
func (p *pace) wait(ctx context.Context, n int) error {
	if p.perByte == 0 {
		return nil
	}
	now := time.Now()
	if now.Sub(p.free) > lateness { // the wire was idle
		p.free = now
	}
	p.free = p.free.Add(time.Duration(n) * p.perByte)
	timer := time.NewTimer(p.free.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
