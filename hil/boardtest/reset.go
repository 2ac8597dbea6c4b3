package boardtest

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
)

const (
	remember = "kept = 1\nwith open('/boardtest.txt', 'w') as f: f.write('kept')"
	recall   = "print('kept' in globals(), open('/boardtest.txt').read())\nimport os\nos.remove('/boardtest.txt')"
)

// resetTests are of the ways in which a board starts anew: memory is lost, files stay.
var resetTests = []test{
	{"Ctrl-D at the friendly prompt is a soft reset, and says so", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		w.send("\x04")
		w.until("MPY: soft reboot\r\n")
		require.Regexp(t, `MicroPython .*\r\n(?s:.*)>>> $`, w.until("\n>>> "))
	}},
	{"Ctrl-D at the raw prompt is a soft reset back to the raw prompt", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		w.send("\x01")
		w.until("raw REPL; CTRL-B to exit\r\n>")
		w.send("\x04")
		require.Regexp(t, `^OK\r\n(?s:.*)MPY: soft reboot\r\n$`, w.until("MPY: soft reboot\r\n"))
		w.until("raw REPL; CTRL-B to exit\r\n>")
	}},
	{"a soft reset forgets memory and keeps files", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		run(ctx, t, r, remember)
		require.NoError(t, r.SoftReset(ctx))
		require.Equal(t, "False kept\r\n", run(ctx, t, r, recall))
	}},
	{"SystemExit is a soft reset", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		run(ctx, t, r, remember)
		require.ErrorIs(t, r.Exec(ctx, "raise SystemExit", nil), repl.ErrRestarted)
		require.NoError(t, r.Enter(ctx))
		require.Equal(t, "False kept\r\n", run(ctx, t, r, recall))
	}},
	{"Reset forgets memory and keeps files", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		run(ctx, t, r, remember)
		require.NoError(t, b.Reset(ctx))
		require.NoError(t, r.Enter(ctx), "the UART stays open")
		require.Equal(t, "False kept\r\n", run(ctx, t, r, recall))
	}},
	{"Reset ends a program that nothing else can", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		start(ctx, t, r, "import micropython\nmicropython.kbd_intr(-1)\nprint('ready')\nwhile True: pass", "ready\r\n")
		err := b.Reset(ctx)
		if errors.Is(err, board.ErrNoReset) {
			t.Logf("board %s has no line for a reset, and says so: %v", b.Name(), err)
			return
		}
		require.NoError(t, err)
		require.NoError(t, r.Enter(ctx))
		usable(ctx, t, r)
	}},
	{"Reset works while nobody has the UART open", func(t *testing.T, b board.Board) {
		require.NoError(t, b.Reset(limit(t, patience)))
		r, ctx := enter(t, b)
		usable(ctx, t, r)
	}},
}
