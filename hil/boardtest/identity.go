package boardtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
)

// identityTests would fail if something else than MicroPython ran the programs.
var identityTests = []test{
	{"sys.implementation is MicroPython's", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		require.Equal(t, "micropython True True\r\n", run(ctx, t, r,
			"import sys\ni = sys.implementation\nprint(i.name, i._mpy & 0xff >= 6, len(i._machine) > 0)"))
	}},
	{"the heap can be locked", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		require.Equal(t, "True\r\n", run(ctx, t, r, "import micropython\nlocked = False\nmicropython.heap_lock()\n"+
			"try: bytearray(100)\nexcept MemoryError: locked = True\nmicropython.heap_unlock()\nprint(locked)"))
	}},
	{"memory runs out", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		e := raises(ctx, t, r, "bytearray(1 << 30)")
		require.Equal(t, "MemoryError", e.Type)
		require.Contains(t, e.Message, "memory allocation failed")
		usable(ctx, t, r)
	}},
	{"an exception comes with the traceback of the program", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		e := raises(ctx, t, r, "def f():\n  raise ValueError('no', 1)\n\nf()")
		require.Equal(t, "Traceback (most recent call last):\n"+
			"  File \"<stdin>\", line 4, in <module>\n"+
			"  File \"<stdin>\", line 2, in f\n"+
			"ValueError: ('no', 1)\n", e.Traceback)
	}},
	{"an OSError has its number", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		e := raises(ctx, t, r, "open('/no such file')")
		require.Equal(t, "OSError", e.Type)
		require.NotNil(t, e.Errno)
		require.Equal(t, 2, *e.Errno)
	}},
}
