package publish

import (
	"context"
	"sync"
	"time"

	"github.com/espy-hil/espy/hil/board"
)

// pins is a board that can be held by its EN pin, and started in its loader by GPIO0.
type pins interface {
	Hold()
	Release(toLoader bool)
}

// circuit is the two transistors between a serial adapter and a board that make of DTR
// and RTS the reset button and the boot button:
//
//	DTR RTS   EN   GPIO0
//	off off   high high    the board runs
//	off on    low  high    it is held in reset
//	on  off   high low     it runs; if EN goes high now, it waits in its loader
//	on  on    high high    it runs
//
// A capacitor has EN go high a moment after the lines say so: a tool that changes one
// after the other, from off and on to on and off, reaches the loader by way of on and
// on. esptool's way there is RTS, then DTR without RTS.
type circuit struct {
	ctx   context.Context
	board board.Board

	mu     sync.Mutex
	low    bool        // EN
	rising *time.Timer // it is about to go high
	closed bool
}

// rise is how long EN takes: as long as a client may take from one line to the other
// that waits for the answer of each, as pyserial does in steps of 50 ms.
const rise = 150 * time.Millisecond

func newCircuit(ctx context.Context, b board.Board) *circuit { return &circuit{ctx: ctx, board: b} }

// set says how the lines stand.
func (c *circuit) set(dtr, rts bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	switch {
	case rts && !dtr:
		c.hold()
	case c.low && rts: // and DTR: one of them is on its way
		if c.rising == nil {
			c.rising = time.AfterFunc(rise, c.risen)
		}
	case c.low:
		c.release(dtr)
	}
}

func (c *circuit) risen() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.low && c.rising != nil {
		c.release(false)
	}
}

// holds tells whether the board is held in reset, where it says nothing.
func (c *circuit) holds() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.low
}

// close is when the lines go off: a board that is held starts.
func (c *circuit) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.low && !c.closed {
		c.release(false)
	}
	c.closed = true
}

// hold has EN low; mu is held, as with release.
func (c *circuit) hold() {
	c.stopRising()
	if c.low {
		return
	}
	c.low = true
	if p, ok := c.board.(pins); ok {
		p.Hold()
		return
	}
	c.reset()
}

func (c *circuit) release(toLoader bool) {
	c.stopRising()
	c.low = false
	if p, ok := c.board.(pins); ok {
		p.Release(toLoader)
		return
	}
	c.reset()
}

func (c *circuit) stopRising() {
	if c.rising != nil {
		c.rising.Stop()
		c.rising = nil
	}
}

// resetLimit is how long a board may take to be at its prompt again.
const resetLimit = 20 * time.Second

// reset is what is left of it where a board cannot be held.
func (c *circuit) reset() {
	ctx, cancel := context.WithTimeout(c.ctx, resetLimit)
	defer cancel()
	_ = c.board.Reset(ctx) // of a board that is no more the next read tells
}
