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
	leased := &Board{b, l}
	if n, ok := b.(board.Networked); ok {
		return networked{leased, n}, nil
	}
	return leased, nil
}

// networked is a leased board that says where it can be reached.
type networked struct {
	*Board
	board.Networked
}

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
	_ board.Board     = networked{}
	_ board.Networked = networked{}
)
