package boardtest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
)

// longOutput takes a minute and a half at 115200 baud.
const longOutput = 1 << 20

// programTests are of a running program's input and output.
var programTests = []test{
	{"a program reads from the UART", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		p := start(ctx, t, r, "import sys\nprint('ready')\nx = sys.stdin.read(5)\nprint(repr(x))\ny = sys.stdin.read(1)\nprint(repr(y))", "ready\r\n")
		require.NoError(t, p.Input(ctx, []byte("a \x01")))
		require.NoError(t, p.Input(ctx, []byte("\x04\x05")))
		expect(ctx, t, p, `'a \x01\x04\x05'`)
		require.NoError(t, p.Input(ctx, []byte("z")))
		expect(ctx, t, p, "'z'")
		require.NoError(t, p.Wait(ctx))
		usable(ctx, t, r)
	}},
	{"a program reads bytes where its stdin has a buffer", func(t *testing.T, b board.Board) {
		r, ctx := enter(t, b)
		p := start(ctx, t, r, "import sys\nprint('ready')\nprint(getattr(sys.stdin, 'buffer', sys.stdin).read(2) in (b'\\x06\\x07', '\\x06\\x07'))", "ready\r\n")
		require.NoError(t, p.Input(ctx, []byte("\x06\x07")))
		expect(ctx, t, p, "True")
		require.NoError(t, p.Wait(ctx))
	}},
	{"output is binary, but for line ends", func(t *testing.T, b board.Board) {
		w := onWire(t, b)
		w.send("\x01")
		w.until("raw REPL; CTRL-B to exit\r\n>")
		w.send("import sys\nprint('begin', end='')\ngetattr(sys.stdout, 'buffer', sys.stdout).write(bytes(i for i in range(256) if i != 10))\nprint('end')\x04")
		var want []byte
		for i := range 256 {
			if i != '\n' {
				want = append(want, byte(i))
			}
		}
		w.until("OKbegin")
		require.Equal(t, string(want)+"end\r\n\x04\x04>", w.until("end\r\n\x04\x04>"))
	}},
	{"long output waits for its reader, and nothing of it is lost", func(t *testing.T, b board.Board) {
		r, _ := enter(t, b)
		ctx := limit(t, 4*time.Minute)
		const line = 64
		p, err := r.Start(ctx, fmt.Sprintf("for i in range(%d): print('%%0%dd' %% i)", longOutput/line, line-2))
		require.NoError(t, err)
		got, want := sha256.New(), sha256.New()
		size := 0
		for {
			out, err := p.Output(ctx)
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			got.Write(out)
			size += len(out)
		}
		require.NoError(t, p.Wait(ctx))
		for i := range longOutput / line {
			fmt.Fprintf(want, "%0*d\r\n", line-2, i)
		}
		require.Equal(t, longOutput, size)
		require.True(t, bytes.Equal(want.Sum(nil), got.Sum(nil)), "every byte in its place")
	}},
}
