package publish_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/publish"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stand publishes a virtual board.
func stand(t *testing.T, baud int) *publish.Stand {
	t.Helper()
	s, err := publish.Power(t.Context(), func(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error) {
		spec, err := sim.Parse("sim")
		require.NoError(t, err)
		spec.Reach, spec.UART.Baud = reach, baud
		return sim.New(ctx, spec, nil)
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// while runs what until the test ends, and sees that it ends then.
func while(t testing.TB, what func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- what(ctx) }()
	stopped := false
	stop = func() {
		cancel()
		if stopped {
			return
		}
		stopped = true
		select {
		case err := <-ended:
			require.NoError(t, err)
		case <-time.After(time.Minute):
			t.Fatal("it goes on after its context has ended")
		}
	}
	t.Cleanup(stop)
	return stop
}

func onTCP(t *testing.T, s *publish.Stand) (address string, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	return l.Addr().String(), while(t, func(ctx context.Context) error { return s.TCP(ctx, l) })
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	require.NoError(t, err)
	require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
	t.Cleanup(func() { _ = c.Close() }) // a test may have closed it
	return c
}

// talk enters the raw REPL of a board behind a line.
func talk(t *testing.T, line board.UART) *repl.REPL {
	t.Helper()
	r := repl.New("published", line, repl.Options{Wait: time.Minute, Reply: time.Minute})
	require.NoError(t, r.Enter(t.Context()))
	require.NoError(t, line.SetReadDeadline(time.Now().Add(time.Minute))) // the REPL had its own, and may be done with the line
	return r
}

func run(t *testing.T, r *repl.REPL, code string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, r.Exec(t.Context(), code, &out))
	return strings.TrimSpace(out.String())
}

func TestAPublishedBoardRunsProgramsOverTCP(t *testing.T) {
	t.Parallel()
	address, _ := onTCP(t, stand(t, 0))
	require.Equal(t, "42", run(t, talk(t, dial(t, address)), "print(6 * 7)"))
}

func TestASecondClientIsToldWhyItIsTurnedAway(t *testing.T) {
	t.Parallel()
	address, _ := onTCP(t, stand(t, 0))
	first := talk(t, dial(t, address))
	second := dial(t, address)
	_, err := second.Write([]byte("\x03\x03\x01")) // is not read by anybody
	require.NoError(t, err)
	got, err := io.ReadAll(second)
	require.NoError(t, err)
	require.Equal(t, "espy: board sim: another client has its UART; come back when it has gone\r\n", string(got))
	require.Equal(t, "still here", run(t, first, "print('still here')"))
}

func TestAClientThatLeavesMakesRoomForTheNext(t *testing.T) {
	t.Parallel()
	address, _ := onTCP(t, stand(t, 0))
	for i := range 20 {
		c := dial(t, address)
		r := talk(t, c)
		run(t, r, fmt.Sprintf("x%d = 1", i))
		require.NoError(t, c.Close())
	}
	require.Equal(t, "True", run(t, talk(t, dial(t, address)), "print('x0' in globals() and 'x19' in globals())"))
}

func TestAClientThatVanishesLeavesTheBoardUsable(t *testing.T) {
	t.Parallel()
	for name, leaves := range map[string]string{
		"in the middle of raw paste":   "\x03\x03\x01\x05A\x01x = 1\nx +",
		"in half a line":               "\x03\x03\x02x = (1,",
		"while a program runs":         "\x03\x03\x01while True: pass\x04",
		"while a program prints":       "\x03\x03\x01while True: print('x' * 100)\x04",
		"while a program leaves bytes": "\x03\x03\x01import time\ntime.sleep(100)\x04" + strings.Repeat("unread ", 200),
		"after garbage":                "\x00\xff\x80\x1b[A\x05\x04\x01\x02",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, _ := onTCP(t, stand(t, 0))
			c := dial(t, address).(*net.TCPConn)
			_, err := c.Write([]byte(leaves))
			require.NoError(t, err)
			require.NoError(t, c.SetLinger(0)) // the line is cut
			require.NoError(t, c.Close())
			require.Equal(t, "2", run(t, talk(t, dial(t, address)), "print(1 + 1)"))
		})
	}
}

// The program takes none of it, and no other sign of the client's end can be seen
// behind it.
func TestAClientThatVanishesBehindMoreThanTheUARTHoldsIsNoticed(t *testing.T) {
	t.Parallel()
	address, _ := onTCP(t, stand(t, 0))
	c := dial(t, address)
	r := talk(t, c)
	p, err := r.Start(t.Context(), "import time\nprint('on')\ntime.sleep(100)")
	require.NoError(t, err)
	_, err = p.Output(t.Context())
	require.NoError(t, err)
	_, err = c.Write(make([]byte, 64<<10))
	require.NoError(t, err)
	require.NoError(t, c.Close())

	require.Eventually(t, func() bool { // until then the next is turned away
		next := dial(t, address)
		defer next.Close()
		return repl.New("published", next, repl.Options{Wait: time.Minute, Reply: time.Minute}).Enter(t.Context()) == nil
	}, time.Minute, time.Millisecond)
}

func TestNobodyGetsIntoABoardWithAWebPage(t *testing.T) {
	t.Parallel()
	address, _ := onTCP(t, stand(t, 300)) // so slowly that every byte would come alone
	c := dial(t, address)
	_, err := io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\n\r\n\x03\x03\x01print(1)\x04")
	require.NoError(t, err)
	got, _ := io.ReadAll(c) // the end may be a reset: not all was read
	require.Empty(t, string(got))
}

func TestTheEndOfTheContextEndsEveryLine(t *testing.T) {
	t.Parallel()
	s := stand(t, 0)
	address, stop := onTCP(t, s)
	c := dial(t, address)
	talk(t, c)
	stop()
	_, err := c.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
	_, err = net.Dial("tcp", address)
	require.Error(t, err)
}

func TestABoardReachesTheMachineOfItsClientAndNoOther(t *testing.T) {
	t.Parallel()
	server, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer server.Close()
	address, _ := onTCP(t, stand(t, 0))
	r := talk(t, dial(t, address))
	connect := func(host string) string {
		return run(t, r, fmt.Sprintf("import socket\ns = socket.socket()\ntry:\n  s.connect((%q, %d)); print('connected')\nexcept OSError as e:\n  print(e.errno)\ns.close()",
			host, server.Addr().(*net.TCPAddr).Port))
	}
	require.Equal(t, "connected", connect("127.0.0.1"))
	require.Equal(t, "111", connect("192.0.2.1"))
}

func TestABaudRateIsKept(t *testing.T) {
	t.Parallel()
	const baud, size = 115200, 12_000
	address, _ := onTCP(t, stand(t, baud))
	r := talk(t, dial(t, address))
	began := time.Now()
	require.Len(t, run(t, r, fmt.Sprintf("print('x' * %d)", size)), size)
	took := time.Since(began)
	least := time.Duration(size) * 10 * time.Second / baud
	const credit = 20 * time.Millisecond          // for a timer that was late just before
	require.GreaterOrEqual(t, took, least-credit) // that it is no slower is the UART's own test to say, by a clock of its own
}
