package fakeapi

import (
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/espy-hil/espy/fakeapi/capture"
)

// readSize is how much one read asks for: more than a board ever sends at once.
const readSize = 4 << 10

// fill waits until deadline (the zero time: for ever) for the client to send
// something, and appends it to c.in. io.EOF is a client that has closed its side.
func (c *conn) fill(deadline time.Time) error {
	c.mu.Lock()
	ended := c.ended
	c.in = slices.Grow(c.in, readSize)
	room := c.in[len(c.in) : len(c.in)+readSize] // this goroutine alone writes there
	c.mu.Unlock()
	if ended {
		return io.EOF
	}
	if !deadline.Equal(c.armed) {
		if err := c.net.SetReadDeadline(deadline); err != nil {
			return err
		}
		c.armed = deadline
	}
	n, err := c.stream.Read(room)
	if n > 0 && c.secure() {
		c.record(capture.Deciphered, room[:n])
	}
	c.mu.Lock()
	c.idle = false
	c.takeIn(n, err)
	c.mu.Unlock()
	if n > 0 {
		return nil
	}
	return err
}

// takeIn accounts for n bytes that stand behind c.in, and for the error that came
// instead. The caller holds c.mu.
func (c *conn) takeIn(n int, err error) {
	if n > 0 {
		if c.dropped = c.dropped || len(c.in)+n > c.server.limits.encoded()+readSize; !c.dropped {
			c.in = c.in[:len(c.in)+n]
		}
	}
	if err != nil && !isTimeout(err) && !errors.Is(err, net.ErrClosed) {
		c.ended = true
	}
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

func isReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }
