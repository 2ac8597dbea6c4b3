package repl

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// tape is a UART that plays bytes back in pieces and swallows what is written.
type tape struct {
	data  []byte
	piece int
}

func (t *tape) Read(p []byte) (int, error) {
	if len(t.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, t.data[:min(t.piece, len(t.data))])
	t.data = t.data[n:]
	return n, nil
}

func (*tape) Write(p []byte) (int, error)      { return len(p), nil }
func (*tape) SetReadDeadline(time.Time) error  { return nil }
func (*tape) SetWriteDeadline(time.Time) error { return nil }
func (*tape) Close() error                     { return nil }

// FuzzAnyBoard lets a board say anything at all: every call ends, with an error or
// without, and no byte is made up.
func FuzzAnyBoard(f *testing.F) {
	f.Add([]byte("R\x01\x80\x00\x01\x04hello\r\n\x04\x04>"), 1)
	f.Add([]byte("R\x00>OKhello\r\n\x04Traceback\r\nValueError: x\r\n\x04>"), 3)
	f.Add([]byte("raw REPL; CTRL-B to exit\r\n>OK\x04\x04MPY: soft reboot\r\n"), 7)
	f.Add([]byte("R\x01\x00\x00\x01\x01\x04"), 2)
	f.Fuzz(func(t *testing.T, heard []byte, piece int) {
		r := New("fuzz", &tape{heard, max(1, piece%64)}, Options{Pause: -1})
		var out bytes.Buffer
		for range 3 {
			_ = r.Exec(context.Background(), "print(1)\nprint(2)", &out)
		}
		require.LessOrEqual(t, out.Len(), len(heard))
		require.Error(t, r.Enter(context.Background()), "nobody can guess the number that Enter has echoed")
	})
}

// The end of a section is found whatever the pieces in which the bytes arrive.
func TestAnyChoppingGivesTheSameOutput(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.SliceOf(rapid.SampledFrom([]byte("x\x00\x01\x04\r\n>OK"))).Draw(t, "noise")
		output := bytes.ReplaceAll(rapid.SliceOf(rapid.Byte()).Draw(t, "output"), []byte{4}, nil)
		credits := bytes.Repeat([]byte{1}, rapid.IntRange(0, 3).Draw(t, "credits"))
		heard := bytes.Join([][]byte{before, []byte("R\x01\x20\x00"), credits, {4}, output, {4, 4, '>'}}, nil)

		r := New("chopped", &tape{heard, rapid.IntRange(1, 20).Draw(t, "piece")}, Options{})
		var out bytes.Buffer
		require.NoError(t, r.Exec(context.Background(), "1", &out))
		require.Equal(t, string(output), out.String())
	})
}

// slow is a UART that takes its time to be woken.
type slow struct {
	tape
	woken atomic.Bool
}

func (s *slow) SetWriteDeadline(t time.Time) error {
	if t.Before(time.Unix(2, 0)) {
		for range 1000 {
			runtime.Gosched()
		}
		s.woken.Store(true)
	}
	return nil
}

// A context that ends late in one wait must not cut the next one short.
func TestWaitIsOverOnlyWhenItsWakingIs(t *testing.T) {
	t.Parallel()
	s := &slow{}
	w := wire{uart: s}
	ctx, cancel := context.WithCancel(t.Context())
	err := w.during(ctx, time.Now().Add(time.Hour), func() error {
		cancel()
		return io.EOF
	})
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, s.woken.Load())
}
