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
	"github.com/espy-hil/espy/fakeapi/plan/personality"
)

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

func TestARawReplyIsExactToTheByte(t *testing.T) {
	t.Parallel()
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	s, address := start(t, plan.Server{Raw: []plan.Reply{{Parts: []plan.Part{
		{Bytes: []byte("HTTP/9.9 20 \r\n")},
		{Bytes: every},
		{Wait: int64(time.Millisecond)},
		{Repeat: &plan.Repeat{Bytes: []byte("ab"), Times: 100_000}},
	}}}})

	got := exchange(t, address, get)

	want := "HTTP/9.9 20 \r\n" + string(every) + strings.Repeat("ab", 100_000)
	require.Empty(t, cmp.Diff(want, got))
	require.Empty(t, cmp.Diff(want, string(settled(t, s)[0].Reply)))
	require.Empty(t, s.Unexpected())
}

func TestRawRepliesComeInOrderOverAnyConnection(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{Raw: []plan.Reply{
		{Parts: bytesOf("one"), Close: plan.CloseNone}, {Parts: bytesOf("two")}, {Parts: bytesOf("three")},
	}})
	w := dial(t, address).send(get).next("one")
	require.Equal(t, "two", exchange(t, address, get))
	require.Equal(t, "three", w.send(get).all())
}

func TestARawReplyThatEndsInAResetIsSeenAsOne(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Raw: []plan.Reply{{Parts: bytesOf("HTTP/1.1 200 OK\r\n"), Close: plan.CloseReset}}})
	w := dial(t, address).send(get)
	b, err := io.ReadAll(w)
	require.ErrorIs(t, err, syscall.ECONNRESET)
	require.Equal(t, "HTTP/1.1 200 OK\r\n", string(b))
	settled(t, s)
	require.Zero(t, s.OpenConnections(), "a reset leaves nothing that a client could close")
}

func TestARawReplyThatHangsSaysNothingMoreUntilTheServerCloses(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Raw: []plan.Reply{{Parts: bytesOf("HTTP/1.1"), Close: plan.CloseHang}}})
	w := dial(t, address).send(get).next("HTTP/1.1")
	settled(t, s)
	require.Equal(t, 1, s.OpenConnections())

	require.NoError(t, w.CloseWrite())
	require.NoError(t, w.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
	_, err := w.Read(make([]byte, 1))
	require.True(t, isTimeout(err), "closing one side must not wake it: %v", err)

	require.NoError(t, s.Close())
	require.NoError(t, w.SetReadDeadline(time.Now().Add(patience)))
	n, err := w.Read(make([]byte, 1))
	require.Zero(t, n)
	require.False(t, isTimeout(err), "%v", err)
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}

func TestAHangIsSeenToBeClosedByTheClient(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Raw: []plan.Reply{{Close: plan.CloseHang}}})
	dial(t, address).send(get).Close()
	settled(t, s)
	require.Zero(t, s.OpenConnections())
}

func TestAHangEndsSomeTimeAfterTheClientHasClosedItsSide(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Raw: []plan.Reply{{Close: plan.CloseHang}}}, fakeapi.WithLimits(fakeapi.Limits{Idle: 50 * time.Millisecond}))
	c := dial(t, address).send(getOne)
	require.NoError(t, c.CloseWrite())
	settled(t, s)
	require.Zero(t, s.OpenConnections())
	require.Empty(t, c.all(), "nothing is said, and the connection is let go of")
}

func TestAScriptedSilenceDoesNotHideThatTheClientHasLeft(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Raw: []plan.Reply{{Parts: []plan.Part{{Wait: int64(time.Hour)}}}}})
	dial(t, address).send(get).Close()
	settled(t, s)
	require.Zero(t, s.OpenConnections())
}

func TestAScriptedSilenceLasts(t *testing.T) {
	t.Parallel()
	const wait = 20 * time.Millisecond
	_, address := start(t, plan.Server{Raw: []plan.Reply{{Parts: []plan.Part{
		{Bytes: []byte("a")}, {Wait: int64(wait)}, {Bytes: []byte("b")},
	}}}})
	began := time.Now()
	w := dial(t, address).send(get)
	require.NoError(t, w.CloseWrite(), "a client that has nothing more to send may still wait")
	require.Equal(t, "ab", w.all())
	require.GreaterOrEqual(t, time.Since(began), wait)
}

func TestARequestBeyondTheRawListIsUnexpected(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Raw: []plan.Reply{{Parts: bytesOf("x")}}})
	exchange(t, address, get)
	reply := exchange(t, address, "PUT /b HTTP/1.0\r\n\r\n")
	require.Contains(t, reply, "HTTP/1.1 500 Internal Server Error\r\n")
	require.Contains(t, reply, `{"error":"this is request 2, and the scenario has raw replies for 1"}`)
	require.Len(t, settled(t, s), 2)
	require.Equal(t, []string{`server main got request 2, "PUT /b HTTP/1.0" on connection 2, but has raw replies for 1`}, s.Unexpected())
}

func TestAnEmptyRawListExpectsNoRequest(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Raw: []plan.Reply{}})
	exchange(t, address, get)
	require.Len(t, s.Unexpected(), 1)
}

func TestARawReplyReadsAsFarAsItsPlanSays(t *testing.T) {
	t.Parallel()
	const post = "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n"
	for name, c := range map[string]struct {
		read  plan.Read
		first string // what brings the reply
		rest  string // what may follow it
	}{
		"to the end of the head":   {plan.Read{}, post, "body"},
		"to the end of the body":   {plan.Read{Until: plan.ReadBody}, post + "body", ""},
		"to the end of the chunks": {plan.Read{Until: plan.ReadBody}, "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", ""},
		"to a byte of the line":    {plan.Read{Until: plan.ReadBytes, Bytes: 6}, post[:6], post[6:] + "body"},
		"not at all":               {plan.Read{Until: plan.ReadBytes}, "", post + "body"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, address := start(t, plan.Server{Raw: []plan.Reply{
				{Read: c.read, Parts: bytesOf("first"), Close: plan.CloseNone},
				{Parts: bytesOf("second")},
			}})
			w := dial(t, address).send(c.first).next("first").send(c.rest).send(get)
			require.Equal(t, "second", w.all())
			w.Close()
			wire := settled(t, s)
			require.Len(t, wire, 2)
			require.Equal(t, c.first+c.rest, string(wire[0].Request))
			require.Equal(t, "body", string(wire[0].Body))
			require.Equal(t, get, string(wire[1].Request))
		})
	}
}

func TestAnUnreadBodyDoesNotDestroyTheReply(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Raw: repeated(50, plan.Reply{Parts: bytesOf("HTTP/1.1 200 OK\r\n\r\n")})})
	body := strings.Repeat("x", 100_000)
	for i := range 50 {
		w := dial(t, address).send("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n").send(body)
		require.Equal(t, "HTTP/1.1 200 OK\r\n\r\n", w.all())
		w.Close()
		require.Equal(t, body, string(settled(t, s)[i].Body))
	}
}

func TestARequestToAConnectionThatTheServerHasClosedIsOnTheWire(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Raw: []plan.Reply{{Parts: bytesOf("one")}, {Parts: bytesOf("two")}}})
	w := dial(t, address).send(get)
	require.Equal(t, "one", w.all())
	w.send("GET /late HTTP/1.1\r\n\r\n").Close()
	wire := settled(t, s)
	require.Equal(t, []string{"GET / HTTP/1.1", "GET /late HTTP/1.1"}, lines(wire))
	require.Empty(t, wire[1].Reply)
	require.Equal(t, "two", exchange(t, address, get), "it used up no reply, as it could get none")
	require.Empty(t, s.Unexpected())
}

func TestARawReplyIsRawWhateverWasAsked(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]string{
		"TLS":                     "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"no HTTP":                 "\x00\xff\r\n\r\n",
		"no version":              "GET /\r\n\r\n",
		"HTTP/9.9":                "GET / HTTP/9.9\r\n\r\n",
		"HEAD":                    "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
		"two framings":            "POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"an expectation":          "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
		"a length that is none":   "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
		"fields of a megabyte":    "GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n",
		"a personality's refusal": "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const raw = "\x00not HTTP at all\r\n\xff"
			_, address := start(t, plan.Server{Raw: []plan.Reply{{Parts: bytesOf(raw)}}, Personality: must(personality.Named("nginx"))})
			require.Equal(t, raw, exchange(t, address, request))
		})
	}
}
