package agent

import (
	"bytes"
	"context"

	"github.com/espy-hil/espy/hil/board"
)

// tapped is a board with a bad line: tests change the frames that come from it, and
// what goes to it. It hides that its board has checkpoints, which would have every
// request begin on a fresh one.
type tapped struct {
	board.Board
	uart    board.UART
	frame   func(n int, frame string) string // what becomes of the n-th frame, from 0
	sent    func(piece string) string        // what becomes of what is written
	bytes   int                              // written to the board
	partial []byte                           // a frame that has not ended
	ready   []byte                           // for the next Read
	count   int
}

func (b *tapped) Open(ctx context.Context) (board.UART, error) {
	u, err := b.Board.Open(ctx)
	b.uart = u
	return &tappedUART{u, b}, err
}

func (b *tapped) onFrame(f func(n int, frame string) string) { b.frame, b.count = f, 0 }

// send writes to the board beside the conversation.
func (b *tapped) send(text string) { _, _ = b.uart.Write([]byte(text)) }

type tappedUART struct {
	board.UART
	b *tapped
}

func (u *tappedUART) Write(p []byte) (int, error) {
	u.b.bytes += len(p)
	if u.b.sent == nil {
		return u.UART.Write(p)
	}
	if _, err := u.UART.Write([]byte(u.b.sent(string(p)))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Read holds frames back until they are whole.
func (u *tappedUART) Read(p []byte) (int, error) {
	b := u.b
	for len(b.ready) == 0 {
		n, err := u.UART.Read(p)
		if err != nil {
			return 0, err
		}
		b.partial = append(b.partial, p[:n]...)
		b.pass()
	}
	n := copy(p, b.ready)
	b.ready = b.ready[n:]
	return n, nil
}

// pass moves everything that is no unfinished frame to ready.
func (b *tapped) pass() {
	for {
		at := bytes.IndexByte(b.partial, frameMark[0])
		if at < 0 {
			b.ready = append(b.ready, b.partial...)
			b.partial = nil
			return
		}
		b.ready = append(b.ready, b.partial[:at]...)
		b.partial = b.partial[at:]
		end := bytes.IndexByte(b.partial, '\n')
		if end < 0 {
			return
		}
		frame := string(b.partial[:end+1])
		b.partial = b.partial[end+1:]
		if b.frame != nil {
			frame = b.frame(b.count, frame)
			b.count++
		}
		b.ready = append(b.ready, frame...)
	}
}
