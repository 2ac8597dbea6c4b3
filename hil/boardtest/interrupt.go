package boardtest

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
)

// unread is more than any board and its cable hold, and takes 1.5 s at 115200 baud.
const unread = 16 << 10

// interruptTests are of Ctrl-C.
var interruptTests = []test{
	{"a loop that does nothing is interrupted", interrupts("while True: pass")},
	{"a loop that works is interrupted", interrupts("x = 0\nwhile True: x = (x + 1) % 1000")},
	{"a sleep is interrupted", interrupts("import time\ntime.sleep(60)")},
	{"a read from the UART is interrupted", interrupts("import sys\nsys.stdin.read(1)")},
	{"a program may catch the interrupt", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		p := start(ctx, t, r, "try:\n  print('ready')\n  while True: pass\nexcept KeyboardInterrupt:\n  print('caught')", "ready\r\n")
		require.NoError(t, r.Interrupt(ctx))
		expect(ctx, t, p, "caught")
		require.NoError(t, p.Wait(ctx))
		usable(ctx, t, r)
	}},
	{"an interrupt behind more bytes than the UART holds interrupts nevertheless", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		w.send("\x01")
		w.until("raw REPL; CTRL-B to exit\r\n>")
		w.send("print('ready')\nwhile True: pass\x04")
		w.until("ready\r\n")
		sent := make(chan error, 1)
		go func() {
			_, err := w.uart.Write(append(bytes.Repeat([]byte("x"), unread), 3))
			sent <- err
		}()
		w.until("KeyboardInterrupt")
		require.NoError(t, <-sent)
		ctx := limit(t, patience)
		r := repl.New(b.Name(), w.uart, repl.Options{Wait: patience, Reply: patience})
		require.NoError(t, r.Enter(ctx))
		usable(ctx, t, r)
	}},
	{"an interrupt at the prompt interrupts no later program", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		for range 5 {
			require.NoError(t, r.Interrupt(ctx))
			usable(ctx, t, r)
		}
	}},
	{"kbd_intr(-1) makes 0x03 a byte like any other", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		p := start(ctx, t, r, "import micropython, sys\nmicropython.kbd_intr(-1)\nprint('ready')\nx = sys.stdin.read(2)\nmicropython.kbd_intr(3)\nprint(repr(x))", "ready\r\n")
		require.NoError(t, p.Input(ctx, []byte("\x03a")))
		expect(ctx, t, p, `'\x03a'`)
		require.NoError(t, p.Wait(ctx))
		usable(ctx, t, r)
	}},
	{"kbd_intr(3) makes it an interrupt again", interrupts("import micropython\nmicropython.kbd_intr(-1)\nmicropython.kbd_intr(3)\nwhile True: pass")},
	{"a program's kbd_intr(-1) does not outlive it", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		run(ctx, t, r, "import micropython\nmicropython.kbd_intr(-1)")
		interruptOn(ctx, t, r, "print('ready')\nwhile True: pass")
	}},
}

// interrupts is a test in which code, which must not end by itself, is interrupted.
func interrupts(code string) func(*testing.T, board.Board) {
	return func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		interruptOn(ctx, t, r, "print('ready')\n"+code)
	}
}

// interruptOn interrupts code when it has said that it is ready.
func interruptOn(ctx context.Context, t *testing.T, r *repl.REPL, code string) {
	t.Helper()
	p := start(ctx, t, r, code, "ready\r\n")
	require.NoError(t, r.Interrupt(ctx))
	var e *repl.PythonError
	require.ErrorAs(t, p.Wait(ctx), &e)
	require.Equal(t, "KeyboardInterrupt", e.Type)
	usable(ctx, t, r)
}
