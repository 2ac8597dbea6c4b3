package fakeapi_test

import (
	"encoding/json"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// A log is what an observer was told, which is what a user reads.
type log struct {
	mu        sync.Mutex
	exchanges []fakeapi.Exchange
	failures  []fakeapi.Failure
}

func (l *log) option() fakeapi.Option {
	return fakeapi.WithObserver(fakeapi.Observer{
		Exchange: func(e fakeapi.Exchange) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.exchanges = append(l.exchanges, e)
		},
		Failed: func(f fakeapi.Failure) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.failures = append(l.failures, f)
		},
	})
}

// lines are the status lines of the log, with the sentence of each that has one; an
// empty one had no answer.
func (l *log) lines(t *testing.T) (all []string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.exchanges {
		status, _, _ := strings.Cut(string(e.Reply), "\r\n")
		status = strings.TrimPrefix(status, "HTTP/1.1 ")
		if _, body, _ := strings.Cut(string(e.Reply), "\r\n\r\n"); strings.HasPrefix(body, `{"error":`) {
			var said struct{ Error string }
			require.NoError(t, json.Unmarshal([]byte(body), &said), body)
			status += ": " + said.Error
		}
		all = append(all, status)
	}
	return all
}

func TestBadInputGetsAProperStatusOrACloseAndALineInTheLog(t *testing.T) {
	t.Parallel()
	with := func(fields string) string { return "POST /posts HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" }
	target := func(line string) string { return line + " HTTP/1.1\r\nHost: a\r\n\r\n" }
	for name, c := range map[string]struct {
		request string
		log     []string
	}{
		"a field of 1 MB":      {with("X: " + strings.Repeat("x", 1<<20) + "\r\n"), []string{"431 Request Header Fields Too Large: the request's fields are longer than 65536 bytes"}},
		"a line of 1 MB":       {"GET /" + strings.Repeat("x", 1<<20) + " HTTP/1.1\r\n\r\n", []string{"414 URI Too Long: the request line is longer than 65536 bytes"}},
		"a method of 1 MB":     {strings.Repeat("X", 1<<20), []string{"414 URI Too Long: the request line is longer than 65536 bytes"}},
		"100,000 fields":       {with(strings.Repeat("X: y\r\n", 100_000)), []string{"431 Request Header Fields Too Large: the request's fields are longer than 65536 bytes"}},
		"10,000 fields":        {with(strings.Repeat("X: y\r\n", 10_000)+"Content-Length: 2\r\nConnection: close\r\n") + "{}", []string{"201 Created"}},
		"TE and CL":            {with("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n") + "0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n", []string{"400 Bad Request: the request has both Transfer-Encoding and Content-Length: its end would be a matter of opinion"}},
		"CL and TE":            {with("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n", []string{"400 Bad Request: the request has both Transfer-Encoding and Content-Length: its end would be a matter of opinion"}},
		"two CL":               {with("Content-Length: 2\r\nContent-Length: 3\r\n") + "{}x", []string{`400 Bad Request: the request has two lengths, "2" and "3"`}},
		"a list of CL":         {with("Content-Length: 2, 2\r\n") + "{}", []string{`400 Bad Request: Content-Length "2, 2" is not a number of bytes`}},
		"CL with a sign":       {with("Content-Length: +2\r\n") + "{}", []string{`400 Bad Request: Content-Length "+2" is not a number of bytes`}},
		"TE behind a tab":      {with("Transfer-Encoding:\x0bchunked\r\n") + "0\r\n\r\n", []string{`400 Bad Request: the field "Transfer-Encoding:\vchunked" holds a control character`}},
		"TE with a space":      {with("Transfer-Encoding : chunked\r\n") + "0\r\n\r\n", []string{`400 Bad Request: the field "Transfer-Encoding : chunked" has a space before its colon, which RFC 9112 5.1 forbids`}},
		"TE that is folded":    {with("Transfer-Encoding:\r\n chunked\r\n") + "0\r\n\r\n", []string{`400 Bad Request: the field " chunked" continues the one before it, which RFC 9112 5.2 forbids`}},
		"TE in 1.0":            {"POST /posts HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", []string{"400 Bad Request: the request has Transfer-Encoding, which HTTP/1.0 does not know (RFC 9112 6.1)"}},
		"TE that is unknown":   {with("Transfer-Encoding: xchunked\r\n"), []string{`501 Not Implemented: the transfer coding "xchunked" is not known here: only chunked is`}},
		"an endless chunk":     {with("Transfer-Encoding: chunked\r\n") + "ffffffffffffffff\r\n", []string{`400 Bad Request: chunk size "ffffffffffffffff" is not a hexadecimal number`}},
		"the absolute form":    {"GET http://a/users/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", []string{"200 OK"}},
		"one without a host":   {target("GET http:///users/1"), []string{`400 Bad Request: the request target "http:///users/1" names no host (RFC 9110 4.2.1)`}},
		"one with a user":      {target("GET http://me:pw@a/"), []string{`400 Bad Request: the request target "http://me:pw@a/" has a user in it (RFC 9110 4.2.4)`}},
		"one of another kind":  {target("GET ftp://a/"), []string{`400 Bad Request: the request target "ftp://a/" is neither http nor https`}},
		"the authority form":   {target("CONNECT a:443"), []string{"501 Not Implemented: CONNECT is for proxies, and this server is none"}},
		"one for a GET":        {target("GET a:443"), []string{`400 Bad Request: the request target "a:443" is a host and a port, which only CONNECT asks for`}},
		"CONNECT to a path":    {target("CONNECT /"), []string{`400 Bad Request: the request target "/" is not the host and port that CONNECT asks for`}},
		"the asterisk form":    {"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", []string{"204 No Content"}},
		"one for a GET too":    {target("GET *"), []string{`400 Bad Request: the request target "*" stands for the server as a whole, which only OPTIONS asks about`}},
		"a fragment":           {target("GET /#x"), []string{`400 Bad Request: the request target "/#x" has a fragment, which is for the client alone`}},
		"a path without root":  {target("GET users"), []string{`400 Bad Request: the request target "users" begins with no /`}},
		"HTTP/9.9":             {"GET / HTTP/9.9\r\nHost: a\r\n\r\n", []string{"505 HTTP Version Not Supported: HTTP/9.9 is not accepted; this server accepts HTTP/1.0 and HTTP/1.1"}},
		"no version":           {"GET /\r\n", []string{`505 HTTP Version Not Supported: the request line "GET /" names no version, which makes it HTTP/0.9 (or its URL holds a line break); this server accepts HTTP/1.0 and HTTP/1.1`}},
		"HTTP/2":               {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []string{"505 HTTP Version Not Supported: HTTP/2.0 is not accepted; this server accepts HTTP/1.0 and HTTP/1.1"}},
		"NUL first":            {"\x00", []string{"400 Bad Request: the first byte cannot begin a method"}},
		"NUL in the line":      {"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n", []string{`400 Bad Request: the request line "GET /\x00 HTTP/1.1" holds a control character`}},
		"NUL in a name":        {with("X\x00: y\r\n"), []string{`400 Bad Request: the field "X\x00: y" has a name that is not a token`}},
		"NUL in a value":       {with("X: \x00\r\n"), []string{`400 Bad Request: the field "X: \x00" holds a control character`}},
		"NUL in a body":        {with("Connection: close\r\nContent-Length: 1\r\n") + "\x00", []string{`400 Bad Request: the body is not JSON: at byte 1, invalid character '\x00' looking for beginning of value`}},
		"more than promised":   {with("Content-Length: 2\r\n") + "{}{}", []string{"201 Created", "400 Bad Request: the first byte cannot begin a method"}},
		"more than allowed":    {with("Content-Length: 1048577\r\n") + strings.Repeat("x", 1<<20+1), []string{"413 Content Too Large: the body is longer than 1048576 bytes"}},
		"chunks beyond that":   {with("Transfer-Encoding: chunked\r\n") + strings.Repeat("1000\r\n"+strings.Repeat("x", 1<<12)+"\r\n", 1<<8+1), []string{"413 Content Too Large: the body is longer than 1048576 bytes"}},
		"a length beyond sums": {with("Content-Length: 9223372036854775807\r\n"), []string{`400 Bad Request: Content-Length "9223372036854775807" is not a number of bytes`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var heard log
			s, address := start(t, plan.Server{}, heard.option())
			w := dial(t, address)
			_, err := io.WriteString(w, c.request)
			require.NoError(t, err)
			require.NoError(t, w.CloseWrite())
			reply := w.all()
			w.Close()
			wire := settled(t, s)
			require.Zero(t, s.OpenConnections())
			require.NoError(t, s.Close())

			require.Equal(t, c.log, heard.lines(t))
			var told string
			for _, e := range heard.exchanges {
				told += string(e.Reply)
			}
			require.Equal(t, reply, told)
			require.Equal(t, c.request, joined(wire))
		})
	}
}

func TestHalfARequestIsClosedAndLogged(t *testing.T) {
	t.Parallel()
	for _, request := range []string{"G", "GET / HTTP/1.1\r\nHost", "POST /posts HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{}", "POST /posts HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"} {
		var heard log
		s, address := start(t, plan.Server{}, heard.option())
		w := dial(t, address).send(request)
		require.NoError(t, w.CloseWrite())
		require.Empty(t, w.all())
		w.Close()
		settled(t, s)
		require.NoError(t, s.Close())
		require.Equal(t, []string{""}, heard.lines(t), "a line without an answer")
		require.Equal(t, request, string(heard.exchanges[0].Request))
	}
}

func TestAByteAtATimeIsTooSlowInTheEnd(t *testing.T) {
	t.Parallel()
	const second = 5 * time.Millisecond // as slow, measured against the limit, as one byte a second
	var heard log
	s, address := start(t, plan.Server{}, heard.option(), fakeapi.WithLimits(fakeapi.Limits{Read: 30 * second}))
	w := dial(t, address)
	request := "GET /albums/1 HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 10_000) + "\r\n\r\n"
	sent := make(chan error, 1)
	go func() {
		for i := range request {
			if _, err := io.WriteString(w, request[i:i+1]); err != nil {
				sent <- err
				return
			}
			time.Sleep(second)
		}
		sent <- nil
	}()
	reply := make([]byte, 4<<10)
	n, err := w.Read(reply)
	require.NoError(t, err)
	require.Equal(t, "the request was not complete after 150ms", sentence(t, string(reply[:n])))
	require.Contains(t, string(reply[:n]), "HTTP/1.1 408 Request Timeout\r\n")
	w.Close()
	require.Error(t, <-sent, "a connection that takes 10,000 seconds")
	settled(t, s)
	require.NoError(t, s.Close())
	require.Len(t, heard.lines(t), 1)
}

func TestAConnectionThatSaysNothingIsClosedAndLogged(t *testing.T) {
	t.Parallel()
	var heard log
	s, address := start(t, plan.Server{}, heard.option(), fakeapi.WithLimits(fakeapi.Limits{Idle: 10 * time.Millisecond}))
	w := dial(t, address)
	require.Empty(t, w.all())
	w.Close()
	settled(t, s)
	require.NoError(t, s.Close())
	require.Len(t, heard.failures, 1)
	require.EqualError(t, heard.failures[0].Err, "nothing has come within 10ms")
	require.Equal(t, 1, heard.failures[0].Connection)
	require.Equal(t, w.LocalAddr().String(), heard.failures[0].Client.String())
}

func TestLineBreaksForEverAreClosedAndLogged(t *testing.T) {
	t.Parallel()
	var heard log
	s, address := start(t, plan.Server{}, heard.option())
	w := dial(t, address).send(strings.Repeat("\r\n", 1<<20))
	require.Empty(t, w.all())
	w.Close()
	settled(t, s)
	require.NoError(t, s.Close())
	require.Len(t, heard.failures, 1)
	require.EqualError(t, heard.failures[0].Err, "more than 65536 bytes of line breaks, and no request")
}

func TestAClientThatVanishesWithAResetIsClosedAndLogged(t *testing.T) {
	t.Parallel()
	var heard log
	s, address := start(t, plan.Server{}, heard.option())
	w := dial(t, address).send("POST /posts HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{}")
	settled(t, s)
	require.NoError(t, w.SetLinger(0))
	w.Close()
	settled(t, s)
	require.Zero(t, s.OpenConnections())
	require.NoError(t, s.Close())
	require.Equal(t, []string{""}, heard.lines(t))
}

func TestAClientThatReadsNothingIsGivenUp(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{}, fakeapi.WithLimits(fakeapi.Limits{Write: 30 * time.Millisecond, Linger: time.Millisecond}))
	w := dial(t, address)
	require.NoError(t, w.SetReadBuffer(4<<10))
	w.send(strings.Repeat("GET /bytes/1000000 HTTP/1.1\r\nHost: a\r\n\r\n", 20)) // replies of 20 MB in all
	wire := settled(t, s)
	require.Less(t, len(wire[len(wire)-1].Reply), 1_000_000, "the last reply that was begun is not whole")
	require.Equal(t, 1, s.OpenConnections(), "it was the server that gave up")
	require.NoError(t, s.Close())
}
