package sim_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
)

// onLink is a board on a network with such conditions, and a server that it reaches,
// which treats each connection so.
func onLink(t *testing.T, options string, serve func(net.Conn)) (b *sim.Board, r *repl.REPL, port int) {
	t.Helper()
	b = power(t, "sim+"+options, nil)
	l, _, err := b.Listen(t.Context(), "main")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	return b, talk(t, b), l.Addr().(*net.TCPAddr).Port
}

func echo(c net.Conn) { _, _ = io.Copy(c, c) }

// ask runs a program that knows connect, took and tried.
func ask(t *testing.T, r *repl.REPL, port int, code string) string {
	t.Helper()
	return run(t, r, fmt.Sprintf(`
import socket, time
def connect(host='127.0.0.1'):
  s = socket.socket()
  s.settimeout(10)
  s.connect((host, %d))
  return s
def took(f, *args):
  t = time.ticks_ms()
  f(*args)
  return time.ticks_diff(time.ticks_ms(), t)
def tried(f, *args):
  try:
    return f(*args)
  except OSError as e:
    return e.errno
def all(s, n):
  p = b''
  while len(p) < n:
    p += s.recv(4096) or exit()
  return p
`, port)+code)
}

// milliseconds checks that the program has told a time of at least so much.
func milliseconds(t *testing.T, least int, said string) {
	t.Helper()
	n, err := strconv.Atoi(said)
	require.NoError(t, err, said)
	require.GreaterOrEqual(t, n, least)
}

func TestLatencyIsSeenWhenConnectingAndInEveryAnswer(t *testing.T) {
	t.Parallel()
	_, r, port := onLink(t, "latency=60ms+jitter=10ms", echo)
	milliseconds(t, 120, ask(t, r, port, "print(took(connect))"))
	milliseconds(t, 120, ask(t, r, port, "s = connect()\ndef f():\n  s.send(b'x'); s.recv(1)\nprint(took(f))"))
}

func TestBandwidthIsSeenInBothDirections(t *testing.T) {
	t.Parallel()
	_, r, port := onLink(t, "bandwidth=100000", echo)
	milliseconds(t, 200, ask(t, r, port, "s = connect()\ndef f():\n  s.send(bytes(20000)); all(s, 20000)\nprint(took(f))"))
}

func TestLossIsAStallAndNothingIsMissing(t *testing.T) {
	t.Parallel()
	_, r, port := onLink(t, "loss=1+stall=100ms", echo)
	milliseconds(t, 200, ask(t, r, port, "s = connect()\ndef f():\n  s.send(b'abc'); assert s.recv(9) == b'abc'\nprint(took(f))"))
}

func TestAConnectionOutlivesANetworkThatComesBack(t *testing.T) {
	t.Parallel()
	_, r, port := onLink(t, "down=1000+back=250ms", echo)
	milliseconds(t, 250, ask(t, r, port, "s = connect()\ndef f():\n  s.send(b'x' * 3000); assert all(s, 3000) == b'x' * 3000\nprint(took(f))"))
	milliseconds(t, 250, ask(t, r, port, "s = connect()\nprint(took(f))")) // the next connection has the same
}

func TestANetworkThatIsGoneSaysNothingAndReachesNobody(t *testing.T) {
	t.Parallel()
	_, r, port := onLink(t, "down=100", echo)
	require.Equal(t, "110 113 -2", ask(t, r, port, `
s = connect()
s.settimeout(0.1)
s.send(b'x' * 90)
print(tried(all, s, 90), tried(connect), tried(socket.getaddrinfo, 'main', 1))`))
}

func TestAHostThatCannotBeReachedIsErrno113(t *testing.T) {
	t.Parallel()
	_, r, port := onLink(t, "offline", echo)
	require.Equal(t, "113 -2", ask(t, r, port, "print(tried(connect), tried(socket.getaddrinfo, 'main', 1))"))
}

func TestThereAreNoMoreSocketsThanTheChipHas(t *testing.T) {
	t.Parallel()
	for options, want := range map[string]string{
		"sim+sockets=3":        "23 3",
		"sim+sockets=3/ENOMEM": "12 3",
		"sim:esp8266":          "12 5",
		"sim:esp32":            "23 10",
	} {
		r := talk(t, power(t, options, nil))
		require.Equal(t, want, run(t, r, `
import socket, gc
def most():
  held = []
  try:
    while True: held.append(socket.socket())
  except OSError as e:
    for s in held: s.close()
    return '%d %d' % (e.errno, len(held))
first = most()
assert most() == first
print(first)`), options)
	}
}

// ownPort has the board listen at l on a port that nobody has.
const ownPort = `
import socket, os
while True:
  port = 20000 + int.from_bytes(os.urandom(2), 'little') % 12000
  l = socket.socket()
  try:
    l.bind(('127.0.0.1', port)); l.listen()
    break
  except OSError:
    l.close()
a = socket.socket(); a.connect(('127.0.0.1', port))
`

func TestAConnectionThatThereIsNoSocketForIsNotAccepted(t *testing.T) {
	t.Parallel()
	r := talk(t, power(t, "sim+sockets=2", nil))
	require.Equal(t, "23 True", run(t, r, ownPort+`
try:
  l.accept()
except OSError as e:
  first = e.errno
a.close()
print(first, len(l.accept()) == 2)`))
}

func TestNamesAreLookedUpWithDelaysAndFailures(t *testing.T) {
	t.Parallel()
	_, r, port := onLink(t, "dns-delay=150ms", echo)
	milliseconds(t, 150, ask(t, r, port, "print(took(connect, 'main'))"))
	milliseconds(t, 150, ask(t, r, port, "print(took(socket.getaddrinfo, 'main', 1))"))
	require.Equal(t, "-2", ask(t, r, port, "print(tried(socket.getaddrinfo, 'other', 1))"))

	b, r, port := onLink(t, "dns-loss=0.5+seed=3", echo)
	l, host, err := b.Listen(t.Context(), "second")
	require.NoError(t, err)
	defer l.Close()
	require.Equal(t, "second", host, "its servers have names, or looking them up could be no trouble")
	const look = "print([tried(socket.getaddrinfo, 'main', 1) == -2 for _ in range(12)])"
	require.NoError(t, b.Checkpoint(t.Context(), t.Name()))
	first := ask(t, r, port, look)
	require.Contains(t, first, "True")
	require.Contains(t, first, "False")
	require.NoError(t, b.Reset(t.Context()))
	require.NoError(t, r.Enter(t.Context()))
	require.Equal(t, first, ask(t, r, port, look), "the same again after a reset")
	require.NoError(t, b.Rollback(t.Context(), t.Name()))
	require.Equal(t, first, ask(t, r, port, look), "and from where it has gone back to")
}

func TestALookUpThatTakesLongCanBeInterrupted(t *testing.T) {
	t.Parallel()
	r := talk(t, power(t, "sim+dns-delay=1h", nil))
	p, err := r.Start(t.Context(), "import socket\nprint('on')\nsocket.getaddrinfo('a', 1)")
	require.NoError(t, err)
	_, err = p.Output(t.Context())
	require.NoError(t, err)
	require.NoError(t, r.Interrupt(t.Context()))
	require.ErrorContains(t, p.Wait(t.Context()), "KeyboardInterrupt")
}

func TestAServerSeesAWindowAsSmallAsTheChips(t *testing.T) {
	t.Parallel()
	// What a board that reads nothing lets the server send, until nothing goes for so
	// long, or it is enough.
	sent := func(options string, patience time.Duration, enough int) int {
		took := make(chan int, 1)
		_, r, port := onLink(t, options, func(c net.Conn) {
			_ = c.(*net.TCPConn).SetWriteBuffer(4096)
			total := 0
			for {
				_ = c.SetWriteDeadline(time.Now().Add(patience))
				n, err := c.Write(make([]byte, 512))
				total += n
				if errors.Is(err, os.ErrDeadlineExceeded) || total > enough {
					break
				}
			}
			took <- total
			_, _ = io.Copy(io.Discard, c)
		})
		ask(t, r, port, "s = connect()")
		return <-took
	}
	require.Less(t, sent("window=5744", 300*time.Millisecond, 1<<20), 32<<10)
	require.Greater(t, sent("latency=1ms", time.Minute, 48<<10), 48<<10)
}

func TestABigBodyComesThroughASmallWindow(t *testing.T) {
	t.Parallel()
	_, r, port := onLink(t, "window=5744", func(c net.Conn) { _, _ = c.Write(make([]byte, 200_000)) })
	require.Equal(t, "200000", ask(t, r, port, `
s = connect()
n = 0
buf = bytearray(4096)
while True:
  k = s.readinto(buf)
  if not k: break
  n += k
print(n)`))
}

func TestTheEndOfAConnectionComesThroughABadNetworkAsWell(t *testing.T) {
	t.Parallel()
	said := make(chan string, 1)
	_, r, port := onLink(t, "latency=20ms+loss=0.3+stall=20ms", func(c net.Conn) {
		p, err := io.ReadAll(c)
		said <- fmt.Sprint(len(p), err)
		_, _ = c.Write([]byte("bye"))
	})
	require.Equal(t, "b'bye'", ask(t, r, port, "s = connect()\ns.write(b'x' * 50000); s.shutdown(1)\nprint(s.read())\ns.close()"))
	require.Equal(t, "50000 <nil>", <-said)
	ask(t, r, port, "s = connect()\ns.write(b'y' * 7000); s.close()") // what is under way is sent
	require.Equal(t, "7000 <nil>", <-said)
}

func TestABoardIsClosedWhateverIsUnderWay(t *testing.T) {
	t.Parallel()
	b, r, port := onLink(t, "latency=1h+bandwidth=1", func(c net.Conn) { _, _ = c.Write(make([]byte, 1<<20)) })
	_, err := r.Start(t.Context(), fmt.Sprintf("import socket\ns = socket.socket()\nprint('on')\ns.connect(('127.0.0.1', %d))", port))
	require.NoError(t, err)
	require.NoError(t, b.Close())

	b, r, port = onLink(t, "down=10", func(c net.Conn) { _, _ = c.Write(make([]byte, 1<<20)) })
	ask(t, r, port, "s = connect()\ns.settimeout(0.05)\ns.send(bytes(5000)); tried(all, s, 5000); s.close()")
	require.NoError(t, b.Close())
}

func TestABoardServesThroughABadNetworkToo(t *testing.T) {
	t.Parallel()
	r := talk(t, power(t, "sim+latency=5ms+jitter=5ms", nil))
	require.Equal(t, "b'hello'", run(t, r, ownPort+`
c = l.accept()[0]
a.write(b'hello'); a.close()
print(c.read())`))
}

func TestOptionsThatABoardHasNotAreNamed(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"sim+lag=1s":         `board "sim+lag=1s": a virtual board has no option "lag"; it has back, bandwidth, baud, `,
		"sim+baud=3":         `board "sim+baud=3": baud=3: expected 300 to 10000000`,
		"sim+receive=0":      `board "sim+receive=0": receive=0: expected 1 to 1048576`,
		"sim:1.27+":          `a virtual board has no option ""`,
		"sim:1.2+latency=1s": "no MicroPython release",
	} {
		_, err := sim.Parse(spec)
		require.ErrorContains(t, err, want, spec)
	}
	spec, err := sim.Parse("sim:esp8266@1.27+baud=115200+receive=256+sockets=2")
	require.NoError(t, err)
	require.Equal(t, 115200, spec.UART.Baud)
	require.Equal(t, 256, spec.UART.Receive)
	require.Equal(t, 2, spec.Link.Sockets)
	require.True(t, strings.HasPrefix(spec.Name, "sim:esp8266@1.27+"))
}

var _ board.Networked = (*sim.Board)(nil)

// The interrupt of a program that is over may be told once more to the next one that
// waits.
func TestWhatHasComeIsReceivedAfterAnInterruptAsBefore(t *testing.T) {
	t.Parallel()
	_, r, port := onLink(t, "latency=1ms", func(c net.Conn) {
		_, _ = io.WriteString(c, "abc")
		_, _ = io.Copy(io.Discard, c)
	})
	ask(t, r, port, "s = connect()\ns.settimeout(15)")
	p, err := r.Start(t.Context(), "print('on')\nwhile True: pass")
	require.NoError(t, err)
	_, err = p.Output(t.Context())
	require.NoError(t, err)
	require.NoError(t, r.Interrupt(t.Context()))
	var raised *repl.PythonError
	require.ErrorAs(t, p.Wait(t.Context()), &raised)
	require.Equal(t, "KeyboardInterrupt", raised.Type)
	require.Equal(t, "b'abc'", run(t, r, "print(s.recv(100))"))
}
