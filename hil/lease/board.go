package lease

import (
	"context"
	"errors"
	"fmt"

	"github.com/espy-hil/espy/hil/board"
)

// A Board is a board that is ours for as long as it is powered: made by Power, given
// back by Close. Once the lease is lost, nothing more is asked of the board.
type Board struct {
	board.Board
	lease *Lease
}

// Power takes the lease of a board that there is once, known to all who share it under
// a key, and gives the board.
func (f Folder) Power(key, purpose string, power func() (board.Board, error)) (board.Board, error) {
	l, err := f.Take(key, purpose)
	if err != nil {
		return nil, err
	}
	b, err := power()
	if err != nil {
		return nil, errors.Join(err, l.Release())
	}
	return &Board{b, l}, nil
}

// Unwrap is the board that is leased: see [board.As].
func (b *Board) Unwrap() board.Board { return b.Board }

// Open opens the board's UART, while the lease is ours.
func (b *Board) Open(ctx context.Context) (board.UART, error) {
	if err := b.ours(); err != nil {
		return nil, err
	}
	return b.Board.Open(ctx)
}

// Reset starts the board anew, while the lease is ours.
func (b *Board) Reset(ctx context.Context) error {
	if err := b.ours(); err != nil {
		return err
	}
	return b.Board.Reset(ctx)
}

// HasPower tells whether something can take the board's power.
func (b *Board) HasPower() bool {
	c, ok := board.As[board.PowerCycler](b.Board)
	return ok && c.HasPower()
}

// PowerCycle takes the board's power and gives it back, while the lease is ours.
func (b *Board) PowerCycle(ctx context.Context) error {
	if err := b.ours(); err != nil {
		return err
	}
	if c, ok := board.As[board.PowerCycler](b.Board); ok {
		return c.PowerCycle(ctx)
	}
	return board.ErrNoReset
}

// Close lets go of the board, and gives it back.
func (b *Board) Close() error { return errors.Join(b.Board.Close(), b.lease.Release()) }

func (b *Board) ours() error {
	select {
	case <-b.lease.Lost():
		return fmt.Errorf("board %s: somebody else has taken it, since this espy stood still for more than %s", b.Name(), lifetime)
	default:
		return nil
	}
}

var (
	_ board.Board       = (*Board)(nil)
	_ board.PowerCycler = (*Board)(nil)
)
