package fakeapi_test

import (
	"bufio"
	"io"
	"net/http/httputil"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/fakeapi/plan/personality"
)

// questions are what the servers of the world differ over. Each is whole, in any
// reading of it.
var questions = []struct{ name, request string }{
	{"1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n"},
	{"keep-alive", "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"},
	{"1.1", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"close", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"},
	{"no Host", "GET / HTTP/1.1\r\n\r\n"},
	{"1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
	{"1.9", "GET / HTTP/1.9\r\nHost: a\r\n\r\n"},
	{"2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
	{"3.0", "GET / HTTP/3.0\r\nHost: a\r\n\r\n"},
	{"9.9", "GET / HTTP/9.9\r\nHost: a\r\n\r\n"},
	{"0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n"},
	{"no version", "GET /\r\n\r\n"},
	{"chunks", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"},
}

// An observation is what a client learns from the answer to one question.
type observation struct {
	Line       string // the status line; "": the body came alone
	Connection string // what the reply says of it
	Head, Body string
	Kept       bool // a second request was answered too
}

// observe asks twice over one connection, if it can.
func observe(t testing.TB, address, request string) observation {
	t.Helper()
	w := dial(t, address).send(request)
	r := bufio.NewReader(w)
	var o observation
	if start, _ := r.Peek(5); string(start) != "HTTP/" {
		b, err := io.ReadAll(r)
		require.NoError(t, err)
		o.Body = string(b)
		return o
	}
	length, chunked := -1, false
	for {
		line, err := r.ReadString('\n')
		require.NoError(t, err, "%q and no more", o.Head+line)
		if o.Head += line; line == "\r\n" {
			break
		}
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch strings.ToLower(name) {
		case "connection":
			o.Connection = strings.ToLower(value)
		case "content-length":
			length, err = strconv.Atoi(value)
			require.NoError(t, err)
		case "transfer-encoding":
			chunked = true
		}
	}
	o.Line, _, _ = strings.Cut(o.Head, "\r\n")
	var body io.Reader = r
	switch {
	case chunked:
		body = httputil.NewChunkedReader(r)
	case length >= 0:
		body = io.LimitReader(r, int64(length))
	}
	b, err := io.ReadAll(body)
	require.NoError(t, err)
	o.Body = string(b)
	if length < 0 && !chunked {
		return o
	}
	if chunked {
		_, err = r.Discard(len("\r\n"))
		require.NoError(t, err)
	}
	_, _ = io.WriteString(w, request) // an error is a server that has closed: it is seen below
	again, _ := r.Peek(1)
	o.Kept = len(again) > 0
	return o
}

// as is a server with a personality, and the page that the real ones serve.
func as(t testing.TB, name, page string) string {
	t.Helper()
	p, err := personality.Named(name)
	require.NoError(t, err)
	_, address := start(t, plan.Server{Personality: p, Routes: []plan.Route{{Path: "/", Body: []byte(page)}}})
	return address
}

// The table of facts, as short as it can be told: version and status of the reply; a
// page is a body without a status line.
const treatments = `
                   | 1.0     | keep-alive | 1.1     | no Host | 1.2     | 2.0     | 3.0     | 0.9     | no version | chunks
go                 | 1.0 200 | keeps      | 1.1 200 | 1.1 400 | 1.1 200 | 1.1 505 | 1.1 505 | 1.1 505 | 1.1 400    | 1.0 200
caddy              | 1.0 200 | keeps      | 1.1 200 | 1.1 400 | 1.1 200 | 1.1 505 | 1.1 505 | 1.1 505 | 1.1 400    | 1.0 200
nginx              | 1.1 200 | keeps      | 1.1 200 | 1.1 400 | 1.1 200 | 1.1 505 | 1.1 505 | 1.1 400 | page       | 1.1 400
apache             | 1.1 200 | keeps      | 1.1 200 | 1.1 400 | 1.1 200 | 1.1 200 | 1.1 200 | 1.1 400 | page       | 1.1 200
lighttpd           | 1.0 200 | keeps      | 1.1 200 | 1.1 400 | 1.0 505 | 1.0 505 | 1.0 505 | 1.0 505 | 1.0 400    | 1.0 400
tomcat-10          | 1.1 200 | keeps      | 1.1 200 | 1.1 400 | 1.1 505 | 1.1 505 | 1.1 505 | 1.1 505 | page       | 1.1 400
jetty-9            | 1.1 200 | keeps      | 1.1 200 | 1.1 400 | 1.1 505 | 1.1 426 | 1.1 505 | 1.1 505 | 1.1 505    | 1.1 200
varnish            | 1.1 200 | keeps      | 1.1 200 | 1.1 400 | 1.1 400 | 1.1 400 | 1.1 400 | 1.1 400 | 1.1 400    | 1.1 200
h2o                | 1.1 200 | keeps      | 1.1 200 | 1.1 200 | 1.1 200 | 1.1 400 | 1.1 400 | 1.1 400 | 1.1 400    | 1.1 405
haproxy            | 1.1 200 | closes     | 1.1 200 | 1.1 400 | 1.1 200 | 1.1 200 | 1.1 200 | 1.1 200 | 1.1 400    | 1.1 200
node               | 1.1 200 | closes     | 1.1 200 | 1.1 400 | 1.1 400 | 1.1 200 | 1.1 400 | 1.1 200 | 1.1 200    | 1.1 200
python-http-server | 1.0 200 | closes     | 1.0 200 | 1.0 200 | 1.0 200 | error   | error   | page    | page       | 1.0 501
uvicorn            | 1.1 200 | closes     | 1.1 200 | 1.1 400 | 1.1 200 | 1.1 200 | 1.1 200 | 1.1 200 | 1.1 400    | 1.1 200
gunicorn           | 1.0 200 | closes     | 1.1 200 | 1.1 200 | 1.2 200 | 2.0 200 | 3.0 200 | 0.9 200 | 1.1 400    | 1.1 400
waitress           | 1.0 200 | keeps      | 1.1 200 | 1.1 200 | 1.0 200 | 1.0 200 | 1.0 200 | 1.0 200 | 1.0 200    | 1.0 200
tornado            | 1.1 200 | keeps      | 1.1 200 | 1.1 200 | 1.1 200 | 1.1 400 | 1.1 400 | 1.1 400 | 1.1 400    | 1.1 405
envoy              | 1.1 426 | closes     | 1.1 200 | 1.1 400 | 1.1 426 | 1.1 426 | 1.1 426 | 1.1 426 | 1.1 426    | 1.1 426
helidon-4          | 1.1 505 | closes     | 1.1 200 | 1.1 400 | 1.1 400 | 1.1 400 | 1.1 400 | 1.1 400 | 1.1 400    | 1.1 505
esp-idf            | 1.1 200 | keeps      | 1.1 200 | 1.1 200 | 1.1 200 | 1.1 505 | 1.1 505 | 1.1 505 | 1.1 505    | 1.1 200
`

func TestAPersonalityTreatsEveryQuestionAsItsServerDoes(t *testing.T) {
	t.Parallel()
	rows := strings.Split(strings.TrimPrefix(treatments, "\n"), "\n")
	names := strings.Split(rows[0], "|")
	var told []string
	for _, row := range rows[1:] {
		cells := strings.Split(row, "|")
		id := strings.TrimSpace(cells[0])
		if id == "" {
			continue
		}
		told = append(told, id)
		for i, cell := range cells[1:] {
			name, want := strings.TrimSpace(names[i+1]), strings.TrimSpace(cell)
			t.Run(id+" asked "+name, func(t *testing.T) {
				t.Parallel()
				require.Equal(t, want, short(name, observe(t, as(t, id, "the page"), requestNamed(name))))
			})
		}
	}
	var known []string
	for _, p := range personality.All() {
		known = append(known, p.Name)
		require.NotEmpty(t, p.Server, p.Name)
		require.NotEmpty(t, p.Source, p.Name)
	}
	require.ElementsMatch(t, known, told)
}

// short is an observation as the table has it.
func short(question string, o observation) string {
	switch {
	case question == "keep-alive" && o.Kept:
		return "keeps"
	case question == "keep-alive":
		return "closes"
	case o.Line == "" && o.Body == "the page":
		return "page"
	case o.Line == "" && strings.HasPrefix(o.Body, "<!DOCTYPE HTML>"):
		return "error"
	}
	return strings.TrimPrefix(o.Line[:12], "HTTP/")
}

func requestNamed(name string) string {
	for _, q := range questions {
		if q.name == name {
			return q.request
		}
	}
	return name + " is no question"
}

func TestTheLengthOfARefusalIsThatOfItsBody(t *testing.T) {
	t.Parallel()
	for _, p := range personality.All() {
		address := as(t, p.Name, "the page")
		for _, q := range questions {
			request := strings.Replace(q.request, "/", "/albums/1?<>", 1)
			reply := exchange(t, address, strings.Replace(request, "\r\n", "\r\nConnection: close\r\n", 1))
			head, body, _ := strings.Cut(reply, "\r\n\r\n")
			_, length, announced := strings.Cut(strings.ToLower(head), "\r\ncontent-length: ")
			if announced {
				length, _, _ = strings.Cut(length, "\r\n")
				require.Equal(t, strconv.Itoa(len(body)), length, "%s, %s: %s", p.Name, q.name, reply)
			}
			require.NotRegexp(t, `\{[a-z]+\}`, reply, "%s, %s: a place that is not filled in", p.Name, q.name)
		}
	}
}

func TestAPersonalityServesTheAPI(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"tomcat-10":          "HTTP/1.1 201 \r\n",
		"gunicorn":           "HTTP/1.1 201 Created\r\n",
		"python-http-server": "HTTP/1.0 201 Created\r\n",
	} {
		address := as(t, name, "the page")
		reply := exchange(t, address, "POST /albums HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 13\r\n\r\n{\"title\":\"x\"}")
		require.True(t, strings.HasPrefix(reply, want), reply)
		require.True(t, strings.HasSuffix(reply, `{"id":101,"title":"x"}`), reply)
	}
	require.True(t, strings.HasPrefix(exchange(t, as(t, "tomcat-10", ""), "GET /albums/0 HTTP/1.0\r\n\r\n"), "HTTP/1.1 404 \r\n"))
}

func TestWhatIsServedBareIsTheBodyOfTheAPI(t *testing.T) {
	t.Parallel()
	require.Equal(t, `{"userId":1,"id":1,"title":"rare pine"}`, exchange(t, as(t, "nginx", ""), "GET /albums/1\r\n"))
	require.Equal(t, "01230123", exchange(t, as(t, "python-http-server", ""), "GET /chunked/2?size=4 HTTP/0.9\r\nHost: a\r\n\r\n"))
}

func TestABodyOfUnknownLengthEndsWithTheConnectionIn10(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"go", "jetty-9", "waitress", "tomcat-10"} { // which keep it otherwise
		reply := exchange(t, as(t, name, ""), "GET /chunked/2?size=4 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
		require.True(t, strings.HasSuffix(reply, "\r\nConnection: close\r\n\r\n01230123"), reply)
	}
}

func TestARefusedRequestThatIsNotWholeLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Personality: must(personality.Named("varnish"))})
	w := dial(t, address).send("GET / HTTP/1.1\r\nContent-Length: 2\r\n\r\n")
	require.Contains(t, w.all(), "HTTP/1.1 400 ")
	w.Close()
	settled(t, s)
	require.Zero(t, s.OpenConnections())
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
