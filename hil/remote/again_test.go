package remote_test

import (
	"context"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/remote"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/publish"
)

// counted is a board that counts how often its reset button is pressed.
type counted struct {
	board.Board
	resets *atomic.Int32
}

func (b counted) Reset(ctx context.Context) error {
	b.resets.Add(1)
	return b.Board.Reset(ctx)
}

func TestOpeningResetsNoBoard(t *testing.T) {
	t.Parallel()
	var resets atomic.Int32
	s, err := publish.Power(t.Context(), func(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error) {
		spec, err := sim.Parse("sim")
		require.NoError(t, err)
		spec.Reach = reach
		b, err := sim.New(ctx, spec, nil)
		return counted{b, &resets}, err
	})
	require.NoError(t, err)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.RFC2217(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
		require.NoError(t, s.Close())
	})
	b := reach(t, "rfc2217://"+l.Addr().String())
	for range 3 {
		u, err := b.Open(t.Context())
		require.NoError(t, err)
		r := repl.New("board", u, repl.Options{})
		require.NoError(t, r.Enter(t.Context()))
		require.NoError(t, u.Close())
	}
	require.Zero(t, resets.Load())
	require.NoError(t, b.Reset(t.Context()))
	require.Positive(t, resets.Load(), "the lines do lead to the button")
}

// door stands before a published board and can be shut, as a server that starts anew.
type door struct {
	net.Listener
	shut atomic.Bool
	away chan struct{} // told of each that has been turned away, if somebody wants to know
}

func (d *door) pass(to string) {
	for {
		c, err := d.Accept()
		if err != nil {
			return
		}
		if d.shut.Load() {
			_ = c.Close() // as the kernel of a host does whose server is gone
			select {
			case d.away <- struct{}{}:
			default:
			}
			continue
		}
		go func() {
			defer c.Close()
			inner, err := net.Dial("tcp", to)
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, inner) // until either end closes
			}()
			_, _ = io.Copy(inner, c)
			_ = inner.Close() // ends the other way
		}()
	}
}

func TestABoardWhoseServerStartsAnewIsConnectedAgain(t *testing.T) {
	t.Parallel()
	name := published(t, "rfc2217")
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	d := &door{Listener: l, away: make(chan struct{}, 1)}
	go d.pass(strings.TrimPrefix(name, "rfc2217://"))
	t.Cleanup(func() { require.NoError(t, l.Close()) })

	d.shut.Store(true)
	b, err := remote.New("rfc2217://" + l.Addr().String())
	require.NoError(t, err)
	_, err = b.Open(t.Context())
	require.ErrorContains(t, err, "closed the connection", "one that was never there is not waited for")

	<-d.away

	d.shut.Store(false)
	u, err := b.Open(t.Context())
	require.NoError(t, err)
	require.NoError(t, u.Close())
	d.shut.Store(true)
	again := make(chan error, 1)
	go func() {
		u, err := b.Open(t.Context())
		if err == nil {
			err = u.Close()
		}
		again <- err
	}()
	<-d.away // it has tried in vain
	d.shut.Store(false)
	require.NoError(t, <-again)
	require.NoError(t, b.Close())
}

func TestABoardThatNobodyOffersIsMissing(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	name := "tcp://" + l.Addr().String()
	require.NoError(t, l.Close())
	_, err = reach(t, name).Open(t.Context())
	require.ErrorIs(t, err, board.ErrMissing)
	require.ErrorContains(t, err, "see that the program that offers it runs")
}
