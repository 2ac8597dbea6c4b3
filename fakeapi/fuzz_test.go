package fakeapi_test

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// Whatever a client sends, the server answers or closes, remembers every byte,
// and leaves nothing running.
func FuzzAnyBytesAreAnsweredOrClosed(f *testing.F) {
	for _, seed := range []string{
		"", "\r\n", "GET", "GET /a", "\x16\x03\x01", get, get + get, requestIn("0.9"), requestIn("1.0"), requestIn("2.0"),
		"GET /a b HTTP/1.1\r\n\r\n", "GET /a\nb HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
		"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"GET //x/../y?_page=0&_sort=%zz HTTP/1.0\r\n\r\n", "GET /photos?_limit=1&id=7 HTTP/1.0\r\n\r\n",
		"POST /posts HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{\"id\":1}x",
		"PATCH /todos/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"PUT /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
		"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	} {
		for kind := range byte(4) {
			f.Add([]byte(seed), kind, uint16(3))
		}
	}
	f.Fuzz(func(t *testing.T, sent []byte, kind byte, cut uint16) {
		ignore := goleak.IgnoreCurrent()
		s, c := fuzzed(t, kind)
		at := min(int(cut), len(sent))
		_, _ = c.Write(sent[:at]) // an error is a server that has closed already
		_, _ = c.Write(sent[at:])
		_ = c.CloseWrite()
		reply := new(bytes.Buffer)
		_, err := reply.ReadFrom(c)
		if e, ok := err.(net.Error); ok {
			require.False(t, e.Timeout(), "neither answered nor closed after %q", sent)
		}
		c.Close()
		s.Settle(t.Context())
		require.Zero(t, s.OpenConnections())
		wire := s.Wire()
		require.NoError(t, s.Close())
		goleak.VerifyNone(t, ignore)

		var replies []byte
		for _, e := range wire {
			replies = append(replies, e.Reply...)
		}
		require.Equal(t, string(sent), joined(wire))
		require.Equal(t, string(replies[:reply.Len()]), reply.String())
	})
}

// fuzzed is a server of one of four kinds, and a connection to it.
func fuzzed(t *testing.T, kind byte) (*fakeapi.Server, *net.TCPConn) {
	plans := []plan.Server{
		{},
		{Versions: &plan.Versions{Accept: []string{"1.0", "2.0", "0.9"}, Answer: "same", Refuse: plan.Refusal{Status: 426}}},
		{Raw: repeated(2, plan.Reply{Parts: bytesOf("x"), Read: plan.Read{Until: plan.ReadBody}, Close: plan.CloseNone})},
		{Routes: []plan.Route{{Path: "/a", Times: 1, Body: []byte("hi")}}, Versions: &plan.Versions{Refuse: plan.Refusal{Close: true}}},
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := fakeapi.Start(l, "main", plans[int(kind)%len(plans)])
	c, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	require.NoError(t, c.SetDeadline(time.Now().Add(5*time.Second)))
	return s, c.(*net.TCPConn)
}
