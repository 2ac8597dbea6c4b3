package fakeapi_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// Each round leaves the server something that it has had no time to see. One
// missed in hundreds is a run that is judged wrongly.
const rounds = 200

func TestSettleSeesAConnectionThatWasClosedJustNow(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	for i := range rounds {
		dial(t, address).send("GET /users/1 HTTP/1.1\r\nHost: a\r\n\r\n").Close()
		wire := settled(t, s)
		require.Len(t, wire, i+1)
		require.Equal(t, "GET /users/1 HTTP/1.1", wire[i].RequestLine)
		require.Zero(t, s.OpenConnections(), "round %d", i)
	}
}

func TestWhatAClientSentBeforeItLeftWithoutReadingIsOnTheWire(t *testing.T) {
	t.Parallel()
	for range rounds {
		s, address := start(t, plan.Server{})
		all := ""
		w := dial(t, address)
		for i := range 8 {
			request := fmt.Sprintf("GET /users/%d HTTP/1.1\r\nHost: a\r\n\r\n", i)
			all += request
			w.send(request)
		}
		w.Close()
		require.Equal(t, all, joined(settled(t, s)))
		require.Zero(t, s.OpenConnections())
		require.NoError(t, s.Close())
	}
}

func TestSettleSeesHalfARequestOnAConnectionThatStaysOpen(t *testing.T) {
	t.Parallel()
	for range rounds {
		s, address := start(t, plan.Server{})
		w := dial(t, address).send("GET /us")
		require.Equal(t, []string{"GET /us"}, lines(settled(t, s)))
		require.Equal(t, 1, s.OpenConnections())
		w.Close()
		settled(t, s)
		require.Zero(t, s.OpenConnections())
		require.NoError(t, s.Close())
	}
}

func TestSettleSeesTheWholeReplyThatTheClientHasRead(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Raw: repeated(rounds, plan.Reply{Parts: bytesOf("ok"), Close: plan.CloseNone})})
	w := dial(t, address)
	for i := range rounds {
		w.send("GET / HTTP/1.1\r\n\r\n").next("ok")
		wire := settled(t, s)
		require.Len(t, wire, i+1)
		require.Equal(t, "ok", string(wire[i].Reply))
	}
}

func TestSettleDoesNotWaitForAConnectionThatIsKeptAlive(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	w := dial(t, address).send("HEAD /users/1 HTTP/1.1\r\nHost: a\r\n\r\n")
	_, err := w.Read(make([]byte, 1000))
	require.NoError(t, err)
	const waits = 50 * time.Millisecond // where it waits at all, and never less
	fastest := time.Duration(math.MaxInt64)
	for round := 0; fastest >= waits && round < rounds; round++ {
		began := time.Now()
		s.Settle(t.Context())
		fastest = min(fastest, time.Since(began))
	}
	require.Less(t, fastest, waits, "each of %d waited", rounds)
	require.Equal(t, 1, s.OpenConnections())
}

func TestSettleEndsWithItsContextWhereAReplyCannotLeave(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Raw: []plan.Reply{{Parts: []plan.Part{
		{Repeat: &plan.Repeat{Bytes: make([]byte, 1<<10), Times: 64 << 10}},
	}}}})
	w := dial(t, address).send("GET / HTTP/1.1\r\n\r\n")
	_, err := io.ReadFull(w, make([]byte, 1<<10))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	s.Settle(ctx)
	require.Error(t, ctx.Err(), "the reply had not left yet")
	require.Len(t, s.Wire(), 1)
}

// What a client that has left will not take is not waited for.
func TestAClientThatLeavesInTheMiddleOfAReplyIsSeenToLeave(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Raw: []plan.Reply{{Close: plan.CloseHang, Parts: []plan.Part{
		{Repeat: &plan.Repeat{Bytes: make([]byte, 1<<10), Times: 64 << 10}},
	}}}})
	w := dial(t, address).send("GET / HTTP/1.1\r\n\r\n")
	_, err := io.ReadFull(w, make([]byte, 1<<10))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s.Settle(ctx)
	require.NoError(t, ctx.Err(), "it was waited for")
	require.Zero(t, s.OpenConnections())
}

func TestSettleEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s, _ := start(t, plan.Server{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.Settle(ctx)
}

func TestSettleAfterCloseStillHasTheWire(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	exchange(t, address, "GET /users/1 HTTP/1.0\r\n\r\n")
	require.NoError(t, s.Close())
	require.Len(t, settled(t, s), 1)
}

func TestManyMaySettleAtOnce(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	done := make(chan error, 8)
	for range cap(done) {
		go func() {
			for range 20 {
				c, err := net.Dial("tcp", address)
				if err == nil {
					_, err = fmt.Fprint(c, "GET /users/1 HTTP/1.0\r\n\r\n")
					c.Close()
				}
				if err != nil {
					done <- err
					return
				}
				s.Settle(context.WithoutCancel(t.Context()))
			}
			done <- nil
		}()
	}
	for range cap(done) {
		require.NoError(t, <-done)
	}
	require.Len(t, settled(t, s), 8*20)
	require.Zero(t, s.OpenConnections())
}

// A listener without a file descriptor, as a TLS listener is one.
type opaque struct{ net.Listener }

type opaqueConn struct{ net.Conn }

func (l opaque) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return opaqueConn{c}, err
}

func TestAConnectionThatCannotBeAskedIsServedAndSettledAllTheSame(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := fakeapi.Start(opaque{l}, "main", plan.Server{})
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.Contains(t, exchange(t, l.Addr().String(), "GET /users/1 HTTP/1.0\r\n\r\n"), "HTTP/1.1 200 OK\r\n")
	require.Equal(t, []string{"GET /users/1 HTTP/1.0"}, lines(settled(t, s)))
}

// repeated is r as the reply to each of n requests.
func repeated(n int, r plan.Reply) []plan.Reply {
	all := make([]plan.Reply, n)
	for i := range all {
		all[i] = r
	}
	return all
}

// bytesOf is a raw reply of plain pieces.
func bytesOf(pieces ...string) []plan.Part {
	var parts []plan.Part
	for _, p := range pieces {
		parts = append(parts, plan.Part{Bytes: []byte(p)})
	}
	return parts
}
