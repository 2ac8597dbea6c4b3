package repl

import (
	"bytes"
	"context"
	"io"
	"os"
	"time"

	"github.com/espy-hil/espy/hil/board"
)

// heardLimit is how much of what was heard last is kept for error messages, and
// for recognising a board that has started anew.
const heardLimit = 240

// maxIdleReads is how many reads in a row may bring neither bytes nor an error.
const maxIdleReads = 100

// wire is a UART with a read buffer, counters, and waits that end.
type wire struct {
	uart     board.UART
	buf      []byte // read and not yet taken
	chunk    []byte // what one Read may bring
	heard    []byte // the last bytes read, taken or not
	sent     int64
	received int64
}

// during runs what with deadlines on the UART: at until, or when ctx ends. A wait
// that took too long is os.ErrDeadlineExceeded, whichever of the two clocks said so.
func (w *wire) during(ctx context.Context, until time.Time, what func() error) error {
	if err := over(ctx); err != nil {
		return err
	}
	if d, ok := ctx.Deadline(); ok && d.Before(until) {
		until = d
	}
	if err := w.deadline(until); err != nil {
		return err
	}
	woken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(woken)
		_ = w.deadline(time.Unix(1, 0)) // wakes pending calls; a closed UART ends them itself
	})
	err := what()
	if !stop() {
		<-woken // or it would cut the next wait short
	}
	if err != nil && ctx.Err() == context.Canceled {
		return context.Cause(ctx)
	}
	return err
}

// over is why ctx has ended; nil while it has not.
func over(ctx context.Context) error {
	switch ctx.Err() {
	case nil:
		return nil
	case context.DeadlineExceeded:
		return os.ErrDeadlineExceeded
	}
	return context.Cause(ctx)
}

func (w *wire) deadline(t time.Time) error {
	if err := w.uart.SetReadDeadline(t); err != nil {
		return err
	}
	return w.uart.SetWriteDeadline(t)
}

func (w *wire) write(p []byte) error {
	n, err := w.uart.Write(p)
	w.sent += int64(n)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return err
}

// fill reads once and adds what came to the buffer.
func (w *wire) fill() error {
	if w.chunk == nil {
		w.chunk = make([]byte, 4096)
	}
	n, err := w.uart.Read(w.chunk)
	for idle := 0; n == 0 && err == nil; idle++ {
		if idle == maxIdleReads {
			return io.ErrNoProgress
		}
		n, err = w.uart.Read(w.chunk)
	}
	got := w.chunk[:n]
	w.received += int64(n)
	w.buf = append(w.buf, got...)
	w.heard = append(w.heard, got...)
	if over := len(w.heard) - heardLimit; over > 0 {
		w.heard = append(w.heard[:0], w.heard[over:]...)
	}
	if n > 0 {
		return nil // an error, if there is one, comes again
	}
	return err
}

// readByte takes one byte.
func (w *wire) readByte() (byte, error) {
	for len(w.buf) == 0 {
		if err := w.fill(); err != nil {
			return 0, err
		}
	}
	b := w.buf[0]
	w.take(1)
	return b, nil
}

// putBack has the byte come again that was read last.
func (w *wire) putBack(b byte) { w.buf = append([]byte{b}, w.buf...) }

// readPast takes everything up to and including the first of marks to appear, and
// tells which it was. What comes before it is dropped.
func (w *wire) readPast(marks ...string) (int, error) {
	for {
		at, which := -1, -1
		for i, m := range marks {
			if k := bytes.Index(w.buf, []byte(m)); k >= 0 && (at < 0 || k < at) {
				at, which = k, i
			}
		}
		if which >= 0 {
			w.take(at + len(marks[which]))
			return which, nil
		}
		longest := 0
		for _, m := range marks {
			longest = max(longest, len(m))
		}
		w.take(max(0, len(w.buf)-longest+1)) // endless noise must not fill the memory
		if err := w.fill(); err != nil {
			return -1, err
		}
	}
}

// take drops n bytes from the front of the buffer and returns them; they are
// valid until the next fill.
func (w *wire) take(n int) []byte {
	p := w.buf[:n]
	if n == len(w.buf) {
		w.buf = w.buf[:0]
		return p
	}
	w.buf = w.buf[n:]
	return p
}

// sleep waits for d, unless ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return over(ctx)
	}
}
