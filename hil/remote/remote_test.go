package remote_test

import (
	"context"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/boardtest"
	"github.com/espy-hil/espy/hil/recovery"
	"github.com/espy-hil/espy/hil/remote"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/publish"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// doors are the ways in which a board can be published on a socket.
var doors = map[string]func(*publish.Stand, context.Context, net.Listener) error{
	"tcp":     (*publish.Stand).TCP,
	"rfc2217": (*publish.Stand).RFC2217,
}

// published gives the name of a virtual board that is published until the test ends.
func published(t *testing.T, scheme string) string {
	t.Helper()
	s, err := publish.Power(t.Context(), func(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error) {
		spec, err := sim.Parse("sim")
		require.NoError(t, err)
		spec.Reach = reach
		return sim.New(ctx, spec, nil)
	})
	require.NoError(t, err)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- doors[scheme](s, ctx, l) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
		require.NoError(t, s.Close())
	})
	return scheme + "://" + l.Addr().String()
}

func reach(t *testing.T, name string) board.Board {
	t.Helper()
	b, err := remote.New(name)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

func TestABoardBehindASocketConforms(t *testing.T) {
	t.Parallel()
	for scheme := range doors {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			boardtest.Run(t, func(t *testing.T) board.Board { return reach(t, published(t, scheme)) })
		})
	}
}

func TestAnAddressThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"tcp://", "tcp://host", "tcp://:1", "tcp://h:1/x", "tcp://u@h:1", "tcp://h:1?x", "udp://h:1", "tcp:h:1", "rfc2217://h:port"} {
		_, err := remote.New(name)
		require.Error(t, err, name)
	}
}

func TestAPortThatIsTakenSaysSo(t *testing.T) {
	t.Parallel()
	name := published(t, "rfc2217")
	u, err := reach(t, name).Open(t.Context())
	require.NoError(t, err)
	defer u.Close()
	_, err = reach(t, name).Open(t.Context())
	require.ErrorContains(t, err, "board "+name)
	require.ErrorContains(t, err, "another client has its UART")
}

func TestABoardThatAnotherClientHasIsBusy(t *testing.T) {
	t.Parallel()
	for scheme := range doors {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			name := published(t, scheme)
			u, r, err := recovery.Open(t.Context(), reach(t, name))
			require.NoError(t, err)
			defer u.Close()
			_, _, err = recovery.Open(t.Context(), reach(t, name))
			require.ErrorIs(t, err, board.ErrBusy)
			require.True(t, recovery.Final(err), "it is not tried again")
			require.ErrorContains(t, err, "board "+name+": the board is in use: who offers it says that another client has its UART")
			require.NoError(t, r.Leave(t.Context()))
		})
	}
}

// What answers is no serial port: an echo service, a web server, one that is silent.
func TestWhatDoesNotSpeakRFC2217IsNoPort(t *testing.T) {
	t.Parallel()
	for name, treat := range map[string]func(net.Conn){
		"echoes":      func(c net.Conn) { _, _ = io.Copy(c, c) },
		"says no":     func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-none\r\n") },
		"says a lot":  func(c net.Conn) { _, _ = c.Write(make([]byte, 1<<20)) },
		"says no nos": func(c net.Conn) { _, _ = io.WriteString(c, "\xff\xfe\x2c"); _, _ = io.Copy(io.Discard, c) },
		"is silent":   func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp4", "127.0.0.1:0")
			require.NoError(t, err)
			defer l.Close()
			go func() {
				c, err := l.Accept()
				if err == nil {
					treat(c)
					_ = c.Close() // it has been treated
				}
			}()
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			_, err = reach(t, "rfc2217://"+l.Addr().String()).Open(ctx)
			require.Error(t, err)
		})
	}
}
