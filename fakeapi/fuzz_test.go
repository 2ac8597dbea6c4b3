package fakeapi_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/fakeapi/plan/personality"
)

// Whatever a client sends, in whatever pieces, the server answers properly or closes,
// remembers every byte and tells of it, and leaves neither a goroutine running nor a
// file open.
func FuzzAnyBytesAreAnsweredOrClosed(f *testing.F) {
	for _, seed := range []string{
		"", "\r\n", "GET", "GET /a", "\x16\x03\x01", get, get + get, requestIn("0.9"), requestIn("1.0"), requestIn("2.0"),
		"GET /a b HTTP/1.1\r\n\r\n", "GET /a\nb HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
		"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET http://a/ HTTP/9.9\r\n\r\n",
		"GET //x/../y?_page=0&_sort=%zz HTTP/1.0\r\n\r\n", "GET /photos?_limit=1&id=7 HTTP/1.0\r\n\r\n",
		"GET /chunked/3?size=2 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /stream/2 HTTP/1.0\r\n\r\n", "HEAD /drip?duration=0&numbytes=2 HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /response-headers?a=%0d&b=c HTTP/1.1\r\nHost: a\r\n\r\n", "GET /redirect-to?url=%ff HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST /posts HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{\"id\":1}x",
		"POST /anything HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9\r\n\r\n--b\r\n--b--",
		"PATCH /todos/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"PUT /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
		"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "GET / HTTP/1.1\r\nX: \x00\r\n\r\n",
	} {
		for kind := range byte(5 + len(personality.All())) {
			f.Add([]byte(seed), kind, uint16(3))
		}
	}
	f.Fuzz(func(t *testing.T, sent []byte, kind byte, cut uint16) {
		ignore, files := goleak.IgnoreCurrent(), openFiles(t)
		var heard log
		s, c, proper := fuzzed(t, kind, &heard)
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
		require.Equal(t, files, openFiles(t), "file descriptors")

		var replies []byte
		for _, e := range wire {
			replies = append(replies, e.Reply...)
		}
		require.Equal(t, string(sent), joined(wire))
		require.Equal(t, string(replies[:reply.Len()]), reply.String())
		require.Len(t, heard.exchanges, len(wire))
		for i, told := range heard.exchanges { // when it was answered, which can be before its end
			require.True(t, strings.HasPrefix(wire[i].RequestLine, told.RequestLine), "%q was told, and %q came", told.RequestLine, wire[i].RequestLine)
			require.Equal(t, string(wire[i].Reply), string(told.Reply))
			require.True(t, bytes.HasPrefix(wire[i].Request, told.Request), "%q was told, and %q came", told.Request, wire[i].Request)
		}
		require.Regexp(t, proper, reply.String())
	})
}

// fuzzed is a server of one of many kinds, a connection to it, and what its replies
// must look like.
func fuzzed(t *testing.T, kind byte, heard *log) (s *fakeapi.Server, c *net.TCPConn, proper string) {
	const status = `^$|^HTTP/[0-9]\.[0-9] [1-5][0-9][0-9] `
	kinds := []struct {
		plan   plan.Server
		proper string
	}{
		{plan.Server{}, status},
		{plan.Server{Versions: &plan.Versions{Accept: []string{"1.0", "2.0", "0.9"}, Answer: "same", Refuse: plan.Refusal{Status: 426}}}, status},
		{plan.Server{Raw: repeated(2, plan.Reply{Parts: bytesOf("x"), Read: plan.Read{Until: plan.ReadBody}, Close: plan.CloseNone})}, `^x{0,2}($|HTTP/1\.1 500 )`},
		{plan.Server{Routes: []plan.Route{{Path: "/a", Times: 1, Body: []byte("hi")}}, Versions: &plan.Versions{Refuse: plan.Refusal{Close: true}}}, status},
		{plan.Server{Faults: []plan.Fault{{Name: "slice", Amount: 100}, {Name: "truncate_after", Amount: 150}}}, status},
	}
	for _, p := range personality.All() {
		kinds = append(kinds, struct {
			plan   plan.Server
			proper string
		}{plan.Server{Personality: p}, ""}) // some answer with a body alone, which can be anything
	}
	k := kinds[int(kind)%len(kinds)]
	l, err := net.Listen("tcp", somewhere())
	require.NoError(t, err)
	s = fakeapi.Start(l, "main", k.plan, heard.option())
	conn, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	return s, conn.(*net.TCPConn), k.proper
}

// somewhere is where a server of a fuzz test listens. Thousands a second would use up
// the ports of one address, each of which rests for a minute (RFC 9293 3.4.2); Linux
// has millions of loopback addresses.
func somewhere() string {
	if runtime.GOOS != "linux" {
		return "127.0.0.1:0"
	}
	return fmt.Sprintf("127.%d.%d.%d:0", rand.N(256), rand.N(256), 1+rand.N(254))
}
