// Package board is the seam between the harness and anything that runs the
// firmware.
//
// A board runs MicroPython and offers a UART: the byte stream on which its REPL
// answers. It is virtual (package sim) or real (a serial device); the harness
// cannot tell which, and that is the point: a verdict rests on observed bytes
// alone.
//
//	Board --Open--> UART   bytes in, bytes out, every wait with a deadline
//	      --Reset-> the board starts anew, the UART stays open
//	      --Listen-> where a server must listen so that this board can reach it
//
// Every kind of board passes the conformance suite in hil/boardtest.
package board

import (
	"context"
	"errors"
	"io"
	"net"
	"time"
)

// A Board runs firmware and offers a UART. Virtual or real: callers cannot tell.
type Board interface {
	// Name is how the user chose the board (sim@1.27, serial:/dev/ttyUSB0); it
	// stands in every result and error.
	Name() string
	// Open gives the board's UART. Opening never resets a real board. One UART
	// is open at a time: a second Open fails until the first is closed.
	Open(ctx context.Context) (UART, error)
	// Reset starts the board anew, as its EN line, its USB bridge or a fresh VM
	// does: memory gone, files kept. The UART stays open where the hardware's would.
	// It is ErrNoReset where nothing would do.
	Reset(ctx context.Context) error
	// Close powers a virtual board down, or lets go of a real one. It ends every
	// pending Read and Write, and may be called more than once.
	Close() error
}

// A UART is bytes with deadlines. A Read or Write past its deadline is
// [os.ErrDeadlineExceeded]; the zero time means no deadline. Close ends pending
// calls. Deadlines may be set from any goroutine and wake a pending call.
type UART interface {
	io.ReadWriteCloser
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// A Networked board says where a server must listen so that the board can reach
// it, and under which host name or address the board knows it. The board reaches
// listeners of its own Listen only, for as long as they are open, unless its user
// allowed more.
type Networked interface {
	Listen(ctx context.Context, name string) (l net.Listener, host string, err error)
}

// A Checkpointer can go back to an earlier moment, far more quickly than it can be
// reset and prepared again: a virtual board, or one in an emulator. The harness
// uses it to begin every run from the very same state, and to bring a second board
// to where the first has been.
type Checkpointer interface {
	// Checkpoint remembers the board as it is, memory and files, under a name. It
	// must be at its prompt, and waits for that until ctx ends. A later checkpoint of
	// the name replaces it; a reset may end it.
	Checkpoint(ctx context.Context, name string) error
	// Rollback takes the board to the checkpoint of a name: its own, or, where boards
	// of its kind can, that of a board alike, which is one of the same release that
	// was powered with the same files. The UART stays open; what was under way on it is gone, and so are the
	// board's connections. It is ErrNoCheckpoint where there is none (any more).
	Rollback(ctx context.Context, name string) error
}

// ErrNoCheckpoint says that there is no checkpoint of that name, or none any more.
var ErrNoCheckpoint = errors.New("there is no such checkpoint")

// ErrNoReset says that a board cannot be reset from here: its UART comes without a
// line for that, and whatever runs on it cannot be asked.
var ErrNoReset = errors.New("it cannot be reset")

// ErrMissing says that there is nothing where a board should be: its device, or its host.
var ErrMissing = errors.New("the board is not there")

// ErrBusy says that another program has a board.
var ErrBusy = errors.New("the board is in use")
