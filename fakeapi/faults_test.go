package fakeapi_test

import (
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// faults are a plan's, as a user writes them on the command line.
func faults(t testing.TB, all ...string) []plan.Fault {
	t.Helper()
	var list []plan.Fault
	for _, text := range all {
		f, err := plan.ParseFault(text)
		require.NoError(t, err)
		list = append(list, f)
	}
	return list
}

// says is a server with one route, whose reply is the same each time, and that
// reply as it is without faults.
func says(t testing.TB, body string, with ...string) (*fakeapi.Server, string, string) {
	t.Helper()
	p := plan.Server{Routes: []plan.Route{{Path: "/", Body: []byte(body)}}}
	_, sound := start(t, p)
	reply := exchange(t, sound, getAndClose)
	p.Faults = faults(t, with...)
	s, address := start(t, p)
	return s, address, reply
}

const getAndClose = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

func TestTruncateAfterSendsSoManyBytesAndNoMore(t *testing.T) {
	t.Parallel()
	s, address, reply := says(t, "hello", "truncate_after=17")
	require.Equal(t, reply[:17], exchange(t, address, get))
	require.Equal(t, reply[:17], string(settled(t, s)[0].Reply))
}

// A client that asks whether to send its body is not told so beyond the cut.
func TestACutCountsEveryByteThatIsSent(t *testing.T) {
	t.Parallel()
	_, address, reply := says(t, "hello", "truncate_after=17")
	w := dial(t, address).send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	got, err := io.ReadAll(w.send("{}"))
	require.NoError(t, err)
	require.Equal(t, reply[:17], string(got))
}

func TestAReplyThatIsShorterThanItsCutIsWhole(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"truncate_after=10KiB", "reset_after=10KiB", "garbage_after=10KiB"} {
		_, address, reply := says(t, "hello", fault)
		require.Equal(t, reply, exchange(t, address, getAndClose), fault)
	}
}

func TestACutOfNothingLeavesNothing(t *testing.T) {
	t.Parallel()
	s, address, _ := says(t, "hello", "truncate_after=0")
	require.Empty(t, exchange(t, address, get))
	require.Equal(t, []string{"GET / HTTP/1.1"}, lines(settled(t, s)))
}

func TestResetAfterResetsBehindTheLastByte(t *testing.T) {
	t.Parallel()
	for after, size := range map[string]int{"reset_after=0": 0, "reset_after=17": 17, "reset_after=1000000": 1_000_000} {
		s, address, reply := says(t, strings.Repeat("hello", 300_000), after)
		w := dial(t, address).send(getAndClose)
		b, err := io.ReadAll(w)
		require.ErrorIs(t, err, syscall.ECONNRESET, after)
		require.True(t, reply[:size] == string(b), "%s: %d bytes came", after, len(b))
		settled(t, s)
		require.Zero(t, s.OpenConnections())
	}
}

func TestTheNearerOfTwoCutsWins(t *testing.T) {
	t.Parallel()
	_, address, reply := says(t, "hello", "truncate_after=17", "reset_after=5")
	b, err := io.ReadAll(dial(t, address).send(get))
	require.ErrorIs(t, err, syscall.ECONNRESET)
	require.Equal(t, reply[:5], string(b))

	_, address, reply = says(t, "hello", "reset_after=17", "truncate_after=5")
	require.Equal(t, reply[:5], exchange(t, address, get))
}

func TestFaultsHoldForRawRepliesToo(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{
		Raw:    []plan.Reply{{Parts: bytesOf("0123456789"), Close: plan.CloseHang}},
		Faults: faults(t, "truncate_after=4"),
	})
	require.Equal(t, "0123", exchange(t, address, get))
}

func TestGarbageDamagesEveryByteBehindItsPlaceTheSameWayEachTime(t *testing.T) {
	t.Parallel()
	var first string
	for range 2 {
		_, address, reply := says(t, strings.Repeat("hello", 1000), "garbage_after=200")
		got := exchange(t, address, getAndClose)
		require.Len(t, got, len(reply))
		require.Equal(t, reply[:200], got[:200])
		for i := 200; i < len(got); i++ {
			require.NotEqual(t, reply[i], got[i], "byte %d is sound", i)
		}
		if first != "" {
			require.True(t, first == got, "another garbage than the last time")
		}
		first = got
	}
}

// writes is a connection that counts the writes of a server.
type writes struct {
	net.Conn
	sizes chan int
}

func (w writes) Write(b []byte) (int, error) {
	w.sizes <- len(b)
	return w.Conn.Write(b)
}

type countedWrites struct {
	net.Listener
	sizes chan int
}

func (l countedWrites) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return writes{c, l.sizes}, nil
}

func TestASliceIsOneWriteForSoManyBytes(t *testing.T) {
	t.Parallel()
	for fault, size := range map[string]int{"slice=1": 1, "slice=7": 7} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		sizes := make(chan int, 1000)
		s := fakeapi.Start(countedWrites{l, sizes}, "main", plan.Server{
			Raw: []plan.Reply{{Parts: bytesOf(strings.Repeat("x", 20))}}, Faults: faults(t, fault),
		})
		w := dial(t, l.Addr().String()).send(get)
		b := make([]byte, 20)
		_, err = io.ReadFull(w, b)
		require.NoError(t, err)
		require.NoError(t, s.Close())
		close(sizes)
		var want, got []int
		for left := 20; left > 0; left -= size {
			want = append(want, min(left, size))
		}
		for n := range sizes {
			got = append(got, n)
		}
		require.Empty(t, cmp.Diff(want, got), fault)
	}
}

func TestNobodyListensWhereConnectionsAreRefused(t *testing.T) {
	t.Parallel()
	s, address, _ := says(t, "hello", "refuse_connection")
	_, err := net.Dial("tcp", address)
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	require.Empty(t, settled(t, s))
	require.NoError(t, s.Close())
}

func TestARequestWithoutAnAnswerIsOnTheWire(t *testing.T) {
	t.Parallel()
	s, address, _ := says(t, "hello", "no_answer")
	w := dial(t, address).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
	wire := settled(t, s)
	require.Equal(t, "hi", string(wire[0].Body))
	require.Empty(t, wire[0].Reply)
	require.Equal(t, 1, s.OpenConnections())
	require.NoError(t, w.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
	_, err := w.Read(make([]byte, 1))
	require.True(t, isTimeout(err), "%v", err)
	w.Close()
	settled(t, s)
	require.Zero(t, s.OpenConnections())
}

func TestTheFirstConnectionsFailAndUseNothingUp(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]plan.Server{
		"of raw replies": {Raw: []plan.Reply{{Parts: bytesOf("one")}}},
		"of a route":     {Routes: []plan.Route{{Path: "/", Times: 1, Body: []byte("one")}}},
	} {
		p.Faults = faults(t, "fail_first=2")
		s, address := start(t, p)
		for range 2 {
			b, err := io.ReadAll(dial(t, address).send(get))
			require.ErrorIs(t, err, syscall.ECONNRESET, name)
			require.Empty(t, b)
		}
		require.Contains(t, exchange(t, address, getAndClose), "one", name)
		require.Len(t, settled(t, s), 3)
		require.Empty(t, s.Unexpected())
	}
}

func TestAClientThatLeavesASlicedReplyIsSeenToLeave(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Faults: faults(t, "slice=1000")})
	w := dial(t, address).send("GET /bytes/4000000 HTTP/1.1\r\nHost: a\r\n\r\n")
	require.NoError(t, w.CloseWrite())
	settled(t, s)
	require.Zero(t, s.OpenConnections(), "it reads nothing, and has closed its side")
}
