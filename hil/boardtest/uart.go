package boardtest

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
)

// past is a deadline that is over.
var past = time.Unix(1, 0)

// uartTests are of what package board says of UARTs.
var uartTests = []test{
	{"a read past its deadline is os.ErrDeadlineExceeded", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		require.NoError(t, w.uart.SetReadDeadline(past))
		n, err := w.uart.Read(make([]byte, 16))
		require.Zero(t, n)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	}},
	{"a deadline ends a read that waits", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		require.NoError(t, w.uart.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
		require.ErrorIs(t, pendingRead(w.uart, nil), os.ErrDeadlineExceeded)
	}},
	{"a deadline that is set later ends a read that waits", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		require.NoError(t, w.uart.SetReadDeadline(time.Time{}))
		err := pendingRead(w.uart, func() { require.NoError(t, w.uart.SetReadDeadline(past)) })
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	}},
	{"a deadline that has passed can be lifted", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		require.NoError(t, w.uart.SetReadDeadline(past))
		require.ErrorIs(t, pendingRead(w.uart, nil), os.ErrDeadlineExceeded)
		w.send("1 + 1\r")
		w.until("2\r\n>>> ")
	}},
	{"a write past its deadline is os.ErrDeadlineExceeded", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		require.NoError(t, w.uart.SetWriteDeadline(past))
		_, err := w.uart.Write([]byte("x"))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	}},
	{"Close ends a read that waits", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		require.NoError(t, w.uart.SetReadDeadline(time.Time{}))
		err := pendingRead(w.uart, func() { require.NoError(t, w.uart.Close()) })
		require.Error(t, err)
		require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
		_, err = w.uart.Write([]byte("x"))
		require.Error(t, err)
	}},
	{"the board's Close ends a read that waits, and may be called twice", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		require.NoError(t, w.uart.SetReadDeadline(time.Time{}))
		err := pendingRead(w.uart, func() { require.NoError(t, b.Close()) })
		require.Error(t, err)
		require.NoError(t, b.Close())
		_, err = b.Open(limit(t, patience))
		require.Error(t, err, "a board that is closed has no UART")
	}},
	{"the board's Close ends a program", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		start(ctx, t, r, "print('ready')\nwhile True: pass", "ready\r\n")
		require.NoError(t, b.Close())
	}},
	{"one UART is open at a time", func(t *testing.T, b board.Board) {
		first := openUART(t, b)
		_, err := b.Open(limit(t, patience))
		require.Error(t, err)
		require.NoError(t, first.Close())
		r, ctx := enter(t, b)
		usable(ctx, t, r)
	}},
	{"closing and opening the UART does not disturb the board", func(t *testing.T, b board.Board) {
		u := openUART(t, b)
		w := &wire{t: t, uart: u}
		w.send("\x03\x03\x01")
		w.until("raw REPL; CTRL-B to exit\r\n>")
		w.send("kept = 1\x04")
		w.until("\x04>")
		require.NoError(t, u.Close())
		r, ctx := enter(t, b)
		require.Equal(t, "1\r\n", run(ctx, t, r, "print(kept)"))
	}},
}

// pendingRead is the error of a read that nothing comes for: meanwhile is called
// once it has begun.
func pendingRead(u board.UART, meanwhile func()) error {
	begun, result := make(chan struct{}), make(chan error, 1)
	go func() {
		close(begun)
		var err error
		for err == nil { // some output may still be under way
			_, err = u.Read(make([]byte, 16))
		}
		result <- err
	}()
	<-begun
	if meanwhile != nil {
		meanwhile()
	}
	select {
	case err := <-result:
		return err
	case <-time.After(patience):
		return errors.New("the read did not end")
	}
}
