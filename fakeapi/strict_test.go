package fakeapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

func TestWhatIsWrongWithARequestIsSaidInASentence(t *testing.T) {
	t.Parallel()
	with := func(fields string) string { return "GET /users/1 HTTP/1.1\r\n" + fields + "\r\n" }
	for _, c := range []struct {
		request, status, why string
	}{
		{"GET /a b HTTP/1.1\r\n\r\n", "400", `the request line "GET /a b HTTP/1.1" holds a space in its URL, which must be written %20`},
		{"GET /a b\r\n\r\n", "400", `the request line "GET /a b" does not end in HTTP/1.0 or HTTP/1.1; a space or line break in the URL does that`},
		{"GET HTTP/1.1\r\n\r\n", "400", `the request line "GET HTTP/1.1" has no URL`},
		{"GET  HTTP/1.1\r\n\r\n", "400", `the request line "GET  HTTP/1.1" has no URL`},
		{"GET / http/1.1\r\n\r\n", "400", `the request line "GET / http/1.1" writes HTTP in small letters`},
		{"GET / HTTP/1.10\r\n\r\n", "400", `the request line "GET / HTTP/1.10" has a version that is not digit, dot, digit`},
		{"GET / HTTP/2\r\n\r\n", "400", `the request line "GET / HTTP/2" has a version that is not digit, dot, digit`},
		{"G@T / HTTP/1.1\r\n\r\n", "400", `the request line "G@T / HTTP/1.1" has a method that is not a token`},
		{"GET /\x00 HTTP/1.1\r\n\r\n", "400", `the request line "GET /\x00 HTTP/1.1" holds a control character`},
		{"GET /\r HTTP/1.1\r\n\r\n", "400", `the request line "GET /\r HTTP/1.1" holds a control character`},
		{"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "400", `the request to "/%zz" cannot be read: parse "/%zz": invalid URL escape "%zz"`},
		{"hello\r\n", "400", `the request line "hello" does not end in HTTP/1.0 or HTTP/1.1; a space or line break in the URL does that`},
		{"\x16\x03\x01\x02\x00", "400", `the client speaks TLS, and this server plain HTTP`},
		{"\x00", "400", `the first byte cannot begin a method`},
		{with(""), "400", `the request has no Host field, which HTTP/1.1 requires (RFC 9112 3.2)`},
		{with("Host: a\r\nhost: a\r\n"), "400", `the request has 2 Host fields`},
		{with("Host: me@a\r\n"), "400", `the Host field "me@a" is not a host with an optional port`},
		{with("Host : a\r\n"), "400", `the field "Host : a" has a space before its colon, which RFC 9112 5.1 forbids`},
		{with("Host: a\r\nFolded: b\r\n c\r\n"), "400", `the field " c" continues the one before it, which RFC 9112 5.2 forbids`},
		{with("Host: a\r\nnonsense\r\n"), "400", `the field "nonsense" has no colon`},
		{with("Host: a\r\n: b\r\n"), "400", `the field ": b" has a name that is not a token`},
		{with("Host: a\r\nX: a\rb\r\n"), "400", `the field "X: a\rb" holds a control character`},
		{with("Host: a\r\nX: \x00\r\n"), "400", `the field "X: \x00" holds a control character`},
		{with("Host: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n"), "400", `the request has both Transfer-Encoding and Content-Length: its end would be a matter of opinion`},
		{with("Host: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n"), "400", `the request has two lengths, "2" and "3"`},
		{with("Host: a\r\nContent-Length: -1\r\n"), "400", `Content-Length "-1" is not a number of bytes`},
		{with("Host: a\r\nContent-Length: 99999999999999999999\r\n"), "400", `Content-Length "99999999999999999999" is not a number of bytes`},
		{with("Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "400", `the request has 2 Transfer-Encoding fields`},
		{with("Host: a\r\nTransfer-Encoding: gzip, chunked\r\n"), "501", `the transfer coding "gzip, chunked" is not known here: only chunked is`},
		{with("Host: a\r\nTransfer-Encoding: xchunked\r\n"), "501", `the transfer coding "xchunked" is not known here: only chunked is`},
		{"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400", `the request has Transfer-Encoding, which HTTP/1.0 does not know (RFC 9112 6.1)`},
		{with("Host: a\r\nExpect: tea\r\n"), "417", `the expectation "tea" is not known here: only 100-continue is`},
		{with("Host: a\r\nTransfer-Encoding: chunked\r\n") + "0x2\r\n", "400", `chunk size "0x2" is not a hexadecimal number`},
		{with("Host: a\r\nTransfer-Encoding: chunked\r\n") + "-2\r\n", "400", `chunk size "-2" is not a hexadecimal number`},
		{with("Host: a\r\nTransfer-Encoding: chunked\r\n") + "1\r\nabc\r\n", "400", `a chunk is followed by "bc" and not by a line break`},
	} {
		t.Run(c.request, func(t *testing.T) {
			t.Parallel()
			s, address := start(t, plan.Server{})
			reply := exchange(t, address, c.request)
			require.True(t, strings.HasPrefix(reply, "HTTP/1.1 "+c.status+" "), reply)
			require.Contains(t, reply, "\r\nConnection: close\r\n")
			require.Equal(t, c.why, sentence(t, reply))
			wire := settled(t, s)
			require.Len(t, wire, 1)
			require.Equal(t, c.request, string(wire[0].Request))
			require.Equal(t, reply, string(wire[0].Reply))
		})
	}
}

func TestWhatRFC9112TellsAServerToTolerateIsServed(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]string{
		"lines that end in LF alone":      "GET /users/1 HTTP/1.1\nHost: a\nConnection: close\n\n",
		"empty lines before the request":  "\r\n\n" + requestIn("1.1"),
		"two lengths that agree":          crlf("GET /users/1 HTTP/1.1", "Host: a", "Content-Length: 1", "content-length: 1", "Connection: close", "") + "x",
		"an absolute URL":                 crlf("GET http://a/users/1 HTTP/1.1", "Host: a", "Connection: close", ""),
		"a Latin-1 value":                 crlf("GET /users/1 HTTP/1.1", "Host: a", "X: caf\xe9", "Connection: close", ""),
		"no Host in HTTP/1.0":             "GET /users/1 HTTP/1.0\r\n\r\n",
		"an empty Host":                   crlf("GET /users/1 HTTP/1.1", "Host:", "Connection: close", ""),
		"an expectation in HTTP/1.0":      "GET /users/1 HTTP/1.0\r\nExpect: tea\r\n\r\n",
		"chunks with extension, trailers": crlf("GET /users/1 HTTP/1.1", "Host: a", "Transfer-Encoding: Chunked", "Connection: close", "", "2;a=b", "{}", "0", "T: 1", ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, address := start(t, plan.Server{})
			reply := exchange(t, address, request)
			require.True(t, strings.HasPrefix(reply, "HTTP/1.1 200 OK\r\n"), reply)
			wire := settled(t, s)
			require.Len(t, wire, 1)
			require.Equal(t, request, string(wire[0].Request))
		})
	}
}

func TestAClientThatAsksIsToldToSendItsBody(t *testing.T) {
	t.Parallel()
	head := crlf("PUT /todos/1 HTTP/1.1", "Host: a", "Content-Length: 2", "Expect: 100-continue", "Connection: close", "")
	s, address := start(t, plan.Server{})
	w := dial(t, address).send(head).next("HTTP/1.1 100 Continue\r\n\r\n")
	reply := w.send("{}").all()
	require.True(t, strings.HasPrefix(reply, "HTTP/1.1 200 OK\r\n"), reply)
	require.Equal(t, "HTTP/1.1 100 Continue\r\n\r\n"+reply, string(settled(t, s)[0].Reply))

	t.Run("not if it has sent it already", func(t *testing.T) {
		require.True(t, strings.HasPrefix(exchange(t, address, head+"{}"), "HTTP/1.1 200 OK\r\n"))
	})
	t.Run("not if the body will not be read", func(t *testing.T) {
		large := strings.Replace(head, "Content-Length: 2", "Content-Length: 2000000", 1)
		require.True(t, strings.HasPrefix(exchange(t, address, large), "HTTP/1.1 413 Content Too Large\r\n"))
	})
}

func TestWhatIsTooLargeOrTooSlowIsSaid(t *testing.T) {
	t.Parallel()
	limits := fakeapi.Limits{Head: 200, Body: 10, Read: 30 * time.Millisecond}
	post := func(fields, body string) string {
		return "POST /todos HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n" + body
	}
	for _, c := range []struct{ name, request, status, why string }{
		{"a line", "GET /" + strings.Repeat("x", 300), "414 URI Too Long", "the request line is longer than 200 bytes"},
		{"fields", post("X: "+strings.Repeat("x", 300), ""), "431 Request Header Fields Too Large", "the request's fields are longer than 200 bytes"},
		{"a length", post("Content-Length: 11", ""), "413 Content Too Large", "the body is longer than 10 bytes"},
		{"a chunk", post("Transfer-Encoding: chunked", "b\r\n"), "413 Content Too Large", "the body is longer than 10 bytes"},
		{"chunks", post("Transfer-Encoding: chunked", "9\r\n123456789\r\n2\r\n"), "413 Content Too Large", "the body is longer than 10 bytes"},
		{"extensions", post("Transfer-Encoding: chunked", "1;"+strings.Repeat("x", 300)), "413 Content Too Large", "the body takes more than 240 bytes on the wire"},
		{"a head that stops", "GET / HT", "408 Request Timeout", "the request was not complete after 30ms"},
		{"a body that stops", post("Content-Length: 2", "{"), "408 Request Timeout", "the request was not complete after 30ms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, address := start(t, plan.Server{}, fakeapi.WithLimits(limits))
			reply := exchange(t, address, c.request)
			require.True(t, strings.HasPrefix(reply, "HTTP/1.1 "+c.status+"\r\n"), reply)
			require.Equal(t, c.why, sentence(t, reply))
			require.Equal(t, c.request, string(settled(t, s)[0].Request))
		})
	}
}

func TestAnIdleConnectionIsClosedAndSaidToBeOpenUntilTheClientClosesToo(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{}, fakeapi.WithLimits(fakeapi.Limits{Idle: time.Millisecond}))
	w := dial(t, address)
	require.Empty(t, w.all())
	settled(t, s)
	require.Equal(t, 1, s.OpenConnections())
	w.Close()
	settled(t, s)
	require.Zero(t, s.OpenConnections())
	require.Empty(t, s.Wire(), "a connection that sent nothing is no exchange")
}

func TestAClosedConnectionIsNotReadForEver(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{}, fakeapi.WithLimits(fakeapi.Limits{Linger: time.Millisecond}))
	w := dial(t, address).send("GET /users/1 HTTP/1.0\r\n\r\n")
	w.all()
	require.NoError(t, s.Close())
	require.Equal(t, 1, s.OpenConnections(), "it was the server that gave up")
}

func TestAConnectionThatHasUsedUpItsCaptureIsClosedAfterItsReply(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{}, fakeapi.WithLimits(fakeapi.Limits{Capture: 600}))
	request := crlf("HEAD /users/1 HTTP/1.1", "Host: a", "")
	reply := exchange(t, address, strings.Repeat(request, 10))
	require.Equal(t, 1, strings.Count(reply, "Connection: close"))
	kept := 0
	for _, e := range settled(t, s) {
		kept += len(e.Request) + len(e.Reply)
	}
	require.LessOrEqual(t, kept, 600)
}

// sentence is the error that a JSON body gives.
func sentence(t *testing.T, reply string) string {
	t.Helper()
	_, body, _ := strings.Cut(reply, "\r\n\r\n")
	var said string
	_, err := fmt.Sscanf(body, `{"error":%q}`, &said)
	require.NoError(t, err, reply)
	return said
}
