package sim_test

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
)

// Whatever comes, whenever it comes: the board can be brought back to its prompt, and
// another one has not noticed.
func TestGarbageOnTheUARTSpoilsNoBoard(t *testing.T) {
	t.Parallel()
	b, other := power(t, "sim", nil), power(t, "sim", nil)
	u, o := open(t, b), talk(t, other)
	run(t, o, "n = 0")
	// What the board is about when it comes.
	states := map[string]string{
		"at the friendly prompt":   "\x02",
		"in half a line":           "\x02if True:\r  x = (1,",
		"in paste mode":            "\x02\x05def f():\r",
		"in the raw REPL":          "\x01x = 1\n",
		"in the middle of a paste": "\x01\x05A\x01print('x' * 100000)\n",
		"while a program runs":     "\x01while True: pass\x04",
		"while a program prints":   "\x01while True: print('x')\x04",
		"while a program reads":    "\x01import sys\nwhile True: sys.stdin.read(3)\x04",
		"while a program is deaf":  "\x01import micropython\nmicropython.kbd_intr(-1)\nwhile True: pass\x04",
		"while a program sleeps":   "\x01import time\ntime.sleep(1000)\x04",
		"while the board starts":   "\x02\x04",
		"while the board resets":   "\x01import _chip\n_chip.reset()\x04",
	}
	piece := rapid.OneOf(
		rapid.SliceOfN(rapid.Byte(), 0, 300),
		rapid.SliceOfN(rapid.ByteRange(0, 6), 0, 30),
		rapid.SampledFrom([][]byte{[]byte("\x05A\x01"), []byte("\x1b[A"), bytes.Repeat([]byte("\xff"), 9000)}),
	)
	rounds := 0
	rapid.Check(t, func(rt *rapid.T) {
		state := rapid.SampledFrom(slices.Sorted(maps.Keys(states))).Draw(rt, "state")
		require.NoError(rt, u.SetWriteDeadline(time.Now().Add(50*time.Millisecond)))
		_, _ = u.Write([]byte(states[state])) // what is not taken in time is lost
		for range rapid.IntRange(1, 6).Draw(rt, "pieces") {
			_, _ = u.Write(piece.Draw(rt, "garbage"))
			drain(u)
		}
		require.NoError(rt, u.SetWriteDeadline(time.Time{}))
		require.NoError(rt, b.Reset(t.Context()))
		r := repl.New("b", u, repl.Options{Wait: time.Minute, Reply: time.Minute})
		require.NoError(rt, r.Enter(t.Context()), "%s", state)
		var out bytes.Buffer
		require.NoError(rt, r.Exec(t.Context(), "print('usable')", &out))
		require.Equal(rt, "usable\r\n", out.String())
		rounds++
		run(t, o, "n += 1")
	})
	require.Equal(t, strconv.Itoa(rounds), run(t, o, "print(n)"))
}

// drain reads what the board has said, so that it does not wait for a reader.
func drain(u board.UART) {
	buf := make([]byte, 1<<16)
	_ = u.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, _ = u.Read(buf)
}
