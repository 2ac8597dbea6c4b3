package boardtest

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
)

// promptTests are of the REPL itself, byte by byte.
var promptTests = []test{
	{"Ctrl-B shows the banner", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		w.send("\x02")
		require.Regexp(t, `MicroPython v?\d+\.\d+.*; .+\r\n(Type "help\(\)" for more information\.\r\n)?>>> $`, w.until("\n>>> "))
	}},
	{"the friendly REPL echoes, and prints what an expression is", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		w.send("6 * 7\r")
		require.Equal(t, "6 * 7\r\n42\r\n>>> ", w.until("\n>>> "))
	}},
	{"lines end in CR LF", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		w.send("\x01")
		w.until("raw REPL; CTRL-B to exit\r\n>")
		w.send("print('a\\nb')\nprint()\x04")
		require.Equal(t, "OKa\r\nb\r\n\r\n\x04\x04>", w.until("\x04>"))
	}},
	{"the raw REPL answers OK, output, error and prompt", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		w.send("\x01")
		w.until("raw REPL; CTRL-B to exit\r\n>")
		w.send("print(1)\x04")
		require.Equal(t, "OK1\r\n\x04\x04>", w.until("\x04>"))
		w.send("print(2)\nx\x04")
		require.Regexp(t, `^OK2\r\n\x04Traceback \(most recent call last\):\r\n  File "<stdin>", line 2, in <module>\r\nNameError: .*\r\n\x04>$`, w.until("\x04>"))
		w.send("forgotten\x03print(3)\x04")
		require.Equal(t, "OK3\r\n\x04\x04>", w.until("\x04>"), "Ctrl-C clears the line")
	}},
	{"raw paste is offered, with flow control", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		w.send("\x01")
		w.until("raw REPL; CTRL-B to exit\r\n>")
		w.send("\x05A\x01")
		w.until("R\x01")
		window := w.until("\x01")
		require.Len(t, window, 3, "a window of two bytes, and a credit")
		w.send("print(1)\x04")
		require.Equal(t, "\x041\r\n\x04\x04>", w.until("\x04>"))
	}},
	{"raw paste takes code that is many windows long", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		code := "x = 0\n" + strings.Repeat("x += 1  # so much for one line\n", 500) + "print(x)"
		require.Equal(t, "500\r\n", run(ctx, t, r, code))
	}},
	{"raw paste can be abandoned", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		w.send("\x01")
		w.until("raw REPL; CTRL-B to exit\r\n>")
		w.send("\x05A\x01")
		w.until("\x01")
		w.send("print('never\x03")
		w.until("KeyboardInterrupt")
		w.until("\x04>")
		w.send("print(1)\x04")
		require.Equal(t, "OK1\r\n\x04\x04>", w.until("\x04>"))
	}},
	{"a syntax error in raw paste leaves the board usable", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		e := raises(ctx, t, r, "x = = 1\n"+strings.Repeat("more = 1\n", 500))
		require.Equal(t, "SyntaxError", e.Type)
		usable(ctx, t, r)
	}},
	{"garbage at the friendly prompt is got over", func(t *testing.T, b board.Board) {
		getOverGarbage(t, onWire(t, b), b.Name())
	}},
	{"garbage at the raw prompt is got over", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		w.send("\x01")
		w.until("raw REPL; CTRL-B to exit\r\n>")
		getOverGarbage(t, w, b.Name())
	}},
}

func getOverGarbage(t *testing.T, w *wire, name string) {
	t.Helper()
	w.send(garbage())
	ctx := limit(t, patience)
	r := repl.New(name, w.uart, repl.Options{Wait: patience, Reply: patience})
	require.NoError(t, r.Enter(ctx))
	usable(ctx, t, r)
}

// garbage is every byte there is, in an order that is the same each time.
func garbage() string {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return string(all)
}
