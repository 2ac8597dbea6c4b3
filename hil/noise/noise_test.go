package noise_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/noise"
)

// wire is a UART: what is written can be looked at, what is read was given.
type wire struct {
	given   *bytes.Reader
	most    int // bytes per read; 0: any number
	written bytes.Buffer
	accepts int // bytes until a write fails; 0: for ever
}

var errFull = errors.New("full")

func (w *wire) Read(p []byte) (int, error) {
	if w.most > 0 {
		p = p[:min(len(p), w.most)]
	}
	return w.given.Read(p)
}

func (w *wire) Write(p []byte) (int, error) {
	if w.accepts > 0 && w.written.Len()+len(p) > w.accepts {
		n := w.accepts - w.written.Len()
		w.written.Write(p[:n])
		return n, errFull
	}
	return w.written.Write(p)
}

func (*wire) SetReadDeadline(time.Time) error  { return nil }
func (*wire) SetWriteDeadline(time.Time) error { return nil }
func (*wire) Close() error                     { return nil }

func count(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i)
	}
	return p
}

// sent is what arrives of p, written in pieces, and how many bytes were hit.
func sent(t require.TestingT, l noise.Line, p []byte, piece int) ([]byte, int) {
	w := &wire{}
	u := l.UART(w)
	for len(p) > 0 {
		n, err := u.Write(p[:min(piece, len(p))])
		require.NoError(t, err)
		p = p[n:]
	}
	hit, _ := u.Hit()
	return w.written.Bytes(), hit
}

// received is what is read of p, which comes in pieces.
func received(t require.TestingT, l noise.Line, p []byte, piece int) ([]byte, int) {
	u := l.UART(&wire{given: bytes.NewReader(p), most: piece})
	got, err := io.ReadAll(u)
	require.NoError(t, err)
	_, hit := u.Hit()
	return got, hit
}

// quick is a line whose delays cost nothing.
func quick(seed uint64, share float64, kinds ...noise.Kind) noise.Line {
	return noise.Line{Seed: seed, Share: share, Kinds: kinds, LongestDelay: 1}
}

func TestAGoodLineChangesNothing(t *testing.T) {
	t.Parallel()
	for _, way := range []func(require.TestingT, noise.Line, []byte, int) ([]byte, int){sent, received} {
		got, hit := way(t, noise.Line{}, count(10_000), 300)
		require.True(t, bytes.Equal(count(10_000), got))
		require.Zero(t, hit)
	}
}

func TestTheShareOfBytesIsHitInEachDirection(t *testing.T) {
	t.Parallel()
	const n = 1_000_000
	for _, way := range []func(require.TestingT, noise.Line, []byte, int) ([]byte, int){sent, received} {
		_, hit := way(t, quick(7, 0.01), count(n), 4096)
		require.InDelta(t, n/100, hit, n/1000)
	}
}

func TestWhatALineDoesFollowsFromItsSeedAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := count(rapid.IntRange(0, 5000).Draw(t, "bytes"))
		l := quick(rapid.Uint64().Draw(t, "seed"), rapid.Float64Range(0, 0.9).Draw(t, "share"))
		l.Shortest = rapid.IntRange(1, 8).Draw(t, "shortest")
		l.Longest = l.Shortest + rapid.IntRange(0, 40).Draw(t, "longer")
		one, two := rapid.IntRange(1, 600).Draw(t, "piece"), rapid.IntRange(1, 600).Draw(t, "other piece")
		for _, way := range []func(require.TestingT, noise.Line, []byte, int) ([]byte, int){sent, received} {
			got, hit := way(t, l, p, one)
			again, hitAgain := way(t, l, p, two)
			require.True(t, bytes.Equal(got, again))
			require.Equal(t, hit, hitAgain)
		}
	})
}

func TestEachKindDoesWhatItIsCalled(t *testing.T) {
	t.Parallel()
	const n = 50_000
	for _, way := range []func(require.TestingT, noise.Line, []byte, int) ([]byte, int){sent, received} {
		got, hit := way(t, quick(1, 0.05, noise.Corrupt), count(n), 500)
		require.Len(t, got, n)
		wrong := 0
		for i := range got {
			if got[i] != byte(i) {
				wrong++
			}
		}
		require.Equal(t, hit, wrong)

		got, hit = way(t, quick(1, 0.05, noise.Drop), count(n), 500)
		require.Len(t, got, n-hit)
		require.NotZero(t, hit)

		got, hit = way(t, quick(1, 0.05, noise.Double), count(n), 500)
		require.Len(t, got, n+hit)
		require.NotZero(t, hit)

		got, hit = way(t, quick(1, 0.05, noise.Delay), count(n), 500)
		require.True(t, bytes.Equal(count(n), got))
		require.NotZero(t, hit)
	}
}

func TestADelayTakesTimeOnceAndADeadlineEndsIt(t *testing.T) {
	t.Parallel()
	late := noise.Line{Seed: 3, Share: 1, Shortest: 8, Longest: 8, Kinds: []noise.Kind{noise.Delay}, LongestDelay: time.Hour}
	synctest.Test(t, func(t *testing.T) {
		u := late.UART(&wire{given: bytes.NewReader(count(8))})
		buf := make([]byte, 8)
		begun := time.Now()
		require.NoError(t, u.SetReadDeadline(begun.Add(time.Second)))
		_, err := u.Read(buf)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.Equal(t, time.Second, time.Since(begun))

		require.NoError(t, u.SetReadDeadline(time.Time{}))
		n, err := u.Read(buf)
		require.NoError(t, err)
		require.Equal(t, count(8), buf[:n])
		require.Greater(t, time.Since(begun), time.Second)
	})
	synctest.Test(t, func(t *testing.T) {
		u := late.UART(&wire{given: bytes.NewReader(count(8))})
		ended := make(chan error)
		go func() {
			_, err := u.Read(make([]byte, 8))
			ended <- err
		}()
		synctest.Wait()
		require.NoError(t, u.Close())
		require.ErrorIs(t, <-ended, os.ErrClosed)
	})
}

func TestWhatTheBoardDidNotTakeIsWrittenAgain(t *testing.T) {
	t.Parallel()
	w := &wire{accepts: 10}
	u := noise.Line{}.UART(w)
	n, err := u.Write(count(16))
	require.ErrorIs(t, err, errFull)
	require.Equal(t, 10, n)
	w.accepts = 0
	_, err = u.Write(count(16)[n:])
	require.NoError(t, err)
	require.Equal(t, count(16), w.written.Bytes())
}

// plainBoard has a UART and nothing else.
type plainBoard struct{ board.Board }

func (plainBoard) Open(context.Context) (board.UART, error) {
	return &wire{given: bytes.NewReader(count(2000))}, nil
}

type reachedBoard struct{ plainBoard }

func (reachedBoard) Listen(context.Context, string) (net.Listener, string, error) {
	return nil, "here", nil
}

func TestABoardBehindTheLineHasItsNetworkAndOtherNoiseOnEachOpen(t *testing.T) {
	t.Parallel()
	l := quick(5, 0.1)
	_, networked := l.Board(plainBoard{}).(board.Networked)
	require.False(t, networked)
	b := l.Board(reachedBoard{})
	_, host, err := b.(board.Networked).Listen(t.Context(), "main")
	require.NoError(t, err)
	require.Equal(t, "here", host)

	read := func(b board.Board) []byte {
		u, err := b.Open(t.Context())
		require.NoError(t, err)
		got, err := io.ReadAll(u)
		require.NoError(t, err)
		return got
	}
	first, second := read(b), read(b)
	require.NotEqual(t, first, second)
	same := l.Board(reachedBoard{})
	require.Equal(t, first, read(same))
	require.Equal(t, second, read(same))
}
