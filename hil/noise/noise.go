// Package noise makes of a board's UART a bad serial line: bytes are changed,
// dropped, doubled and delayed, in bursts, as a loose plug or a motor beside the
// cable does it.
//
//	host --Write--> bursts --> board
//	host <--Read--- bursts <-- board
//
// A [Line] says how bad it is. What it does to the n-th byte of a direction follows
// from its seed alone, whatever pieces the bytes come in: a line that broke
// something breaks it again.
package noise

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"github.com/espy-hil/espy/hil/board"
)

// Kind is what a burst does to its bytes.
type Kind int

// The kinds of bursts.
const (
	Corrupt Kind = iota // each byte becomes another
	Drop                // none arrives
	Double              // each arrives twice
	Delay               // they come late, and so does all that follows
	kinds
)

// Line is how bad a serial line is.
type Line struct {
	Seed uint64
	// Share is the part of all bytes that bursts hit, in each direction: 0.01 is one
	// in a hundred. 0 is a good line.
	Share float64
	// Shortest and Longest are the lengths of a burst, in bytes: 1 and 32 if both are 0.
	Shortest, Longest int
	// Kinds are what a burst may do, each as often as the next; all kinds if there are none.
	Kinds []Kind
	// LongestDelay is the most that one burst of Delay costs: 20 ms if it is 0.
	LongestDelay time.Duration
}

func (l Line) withDefaults() Line {
	if l.Shortest == 0 && l.Longest == 0 {
		l.Shortest, l.Longest = 1, 32
	}
	if len(l.Kinds) == 0 {
		for k := range kinds {
			l.Kinds = append(l.Kinds, k)
		}
	}
	if l.LongestDelay == 0 {
		l.LongestDelay = 20 * time.Millisecond
	}
	return l
}

// Board gives the board at the end of such a line. Each Open has bursts of its own,
// the first, the second and so on the same each time. It has no checkpoints: every
// byte that a run needs goes through the line, as with a real board.
func (l Line) Board(b board.Board) board.Board {
	behind := &noisyBoard{Board: b, line: l}
	if network, ok := board.As[board.Networked](b); ok {
		return networkedBoard{behind, network}
	}
	return behind
}

type noisyBoard struct {
	board.Board
	line   Line
	opened atomic.Uint64
}

func (b *noisyBoard) Open(ctx context.Context) (board.UART, error) {
	u, err := b.Board.Open(ctx)
	if err != nil {
		return nil, err
	}
	line := b.line
	line.Seed += b.opened.Add(1) - 1
	return line.UART(u), nil
}

type networkedBoard struct {
	*noisyBoard
	network board.Networked
}

func (b networkedBoard) Listen(ctx context.Context, name string) (net.Listener, string, error) {
	return b.network.Listen(ctx, name)
}
