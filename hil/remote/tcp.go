package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
)

// bare is a UART over TCP, without modem lines.
type bare struct {
	net.Conn
	board *Board
}

func openTCP(ctx context.Context, b *Board) (line, error) {
	c, err := b.dial(ctx)
	if err != nil {
		return nil, err
	}
	return &bare{c, b}, nil
}

func (l *bare) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	return n, hungUp(err)
}

func (l *bare) Close() error {
	l.board.left(l)
	return l.Conn.Close()
}

// hungUp says of the end of a line that a UART has none.
func hungUp(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("the other end closed the connection: %w", io.ErrUnexpectedEOF)
	}
	return err
}

// resetPatience is how long a board may be silent on its way to a reset by its REPL.
const resetPatience = 1500 * time.Millisecond

// reset resets the board the only way there is, through its REPL.
func (l *bare) reset(ctx context.Context) error { return byREPL(ctx, l.board, l) }

// byREPL resets a board through its REPL.
func byREPL(ctx context.Context, b *Board, l board.UART) error {
	err := repl.Restart(ctx, b.name, l, resetPatience)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: %s has no line for it, and its REPL does not answer: %w", board.ErrNoReset, b.address, err)
	}
	return err
}
