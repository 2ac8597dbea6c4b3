package fakeapi_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

func TestALongLifeIsRememberedByItsLastExchanges(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{}, fakeapi.WithLimits(fakeapi.Limits{History: 3}))
	for i := range 10 {
		exchange(t, address, fmt.Sprintf("GET /albums/%d HTTP/1.0\r\n\r\n", i))
	}
	require.Equal(t, []string{"GET /albums/7 HTTP/1.0", "GET /albums/8 HTTP/1.0", "GET /albums/9 HTTP/1.0"}, lines(settled(t, s)))
}

func TestTheOldestExchangesMakeRoomForTheBytesOfTheNewest(t *testing.T) {
	t.Parallel()
	big := plan.Reply{Parts: bytesOf(strings.Repeat("x", 1000))}
	s, address := start(t, plan.Server{Raw: repeated(6, big)}, fakeapi.WithLimits(fakeapi.Limits{Memory: 2500}))
	for i := range 6 {
		exchange(t, address, fmt.Sprintf("GET /%d HTTP/1.0\r\n\r\n", i))
	}
	wire := settled(t, s)
	require.Equal(t, []string{"GET /4 HTTP/1.0", "GET /5 HTTP/1.0"}, lines(wire))
	require.Len(t, wire[0].Reply, 1000, "what is remembered is remembered whole")
}

func TestOneExchangeLargerThanTheMemoryIsStillShown(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{}, fakeapi.WithLimits(fakeapi.Limits{Memory: 10}))
	exchange(t, address, "GET /albums/1 HTTP/1.0\r\n\r\n")
	exchange(t, address, "GET /albums/2 HTTP/1.0\r\n\r\n")
	wire := settled(t, s)
	require.Equal(t, []string{"GET /albums/2 HTTP/1.0"}, lines(wire))
	require.Contains(t, string(wire[0].Reply), `"id":2`)
}

func TestAConnectionThatStaysOpenIsForgottenAsItGoes(t *testing.T) {
	t.Parallel()
	const requests, kept = 300, 10
	s, address := start(t, plan.Server{}, fakeapi.WithLimits(fakeapi.Limits{History: kept, Capture: 8 << 10}))
	w := dial(t, address)
	reply := exchange(t, address, "GET /albums/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	reply = strings.Replace(reply, "Connection: close\r\n", "", 1)
	for range requests { // far more bytes than a connection may hold at once
		w.send("GET /albums/1 HTTP/1.1\r\nHost: a\r\n\r\n").next(reply)
	}
	w.Close()
	require.Len(t, settled(t, s), kept)
}

func TestMemoryStaysFlatOverManyRequests(t *testing.T) {
	_, address := start(t, plan.Server{}, fakeapi.WithLimits(fakeapi.Limits{History: 100}))
	w := dial(t, address)
	const request = "GET /albums/1 HTTP/1.1\r\nHost: a\r\n\r\n"
	size := len(exchange(t, address, "GET /albums/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")) - len("Connection: close\r\n")
	reply := strings.Repeat("x", size)
	ask := func(requests int) uint64 {
		for range requests {
			w.send(request)
			b := make([]byte, len(reply))
			for n := 0; n < len(b); {
				m, err := w.Read(b[n:])
				require.NoError(t, err)
				n += m
			}
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := ask(500)
	after := ask(5000)
	require.Less(t, after, before+1<<20, "4,500 more requests than are remembered must leave nothing behind")
}
