package fakeapi_test

import (
	"bufio"
	"io"
	"net/http/httputil"
	"os"
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
	{"HEAD 1.0", "HEAD / HTTP/1.0\r\nHost: a\r\n\r\n"},
	{"HEAD 1.1", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"HEAD no Host", "HEAD / HTTP/1.1\r\n\r\n"},
	{"HEAD 1.2", "HEAD / HTTP/1.2\r\nHost: a\r\n\r\n"},
	{"HEAD 2.0", "HEAD / HTTP/2.0\r\nHost: a\r\n\r\n"},
	{"HEAD 3.0", "HEAD / HTTP/3.0\r\nHost: a\r\n\r\n"},
	{"HEAD 0.9", "HEAD / HTTP/0.9\r\nHost: a\r\n\r\n"},
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
	case strings.HasPrefix(request, "HEAD ") && o.Connection != "close":
		body, chunked, length = strings.NewReader(""), false, 0
	case strings.HasPrefix(request, "HEAD "): // to the end: there may be a body where none should be
		chunked, length = false, -1
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

// treatments is the table of the documentation: what is told there is what is done.
func treatments(t *testing.T) (questions []string, byName map[string][]string) {
	t.Helper()
	text, err := os.ReadFile("../docs/server.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(text), "| personality |")
	require.True(t, found)
	rows := strings.Split(table, "\n")
	cells := func(row string) (all []string) {
		for cell := range strings.SplitSeq(strings.Trim(row, "|"), "|") {
			all = append(all, strings.Trim(cell, " `"))
		}
		return all
	}
	byName = map[string][]string{}
	for _, row := range rows[2:] {
		if row == "" {
			break
		}
		c := cells(row)
		byName[c[0]] = c[1:]
	}
	return cells(rows[0]), byName
}

func TestAPersonalityTreatsEveryQuestionAsItsServerDoes(t *testing.T) {
	t.Parallel()
	names, told := treatments(t)
	for _, p := range personality.All() {
		require.NotEmpty(t, p.Server, p.Name)
		require.NotEmpty(t, p.Source, p.Name)
		require.Len(t, told[p.Name], len(names), "docs/server.md on %s", p.Name)
		for i, name := range names {
			t.Run(p.Name+" asked "+name, func(t *testing.T) {
				t.Parallel()
				require.Equal(t, told[p.Name][i], short(name, observe(t, as(t, p.Name, "the page"), requestNamed(name))))
			})
		}
	}
	require.Len(t, told, len(personality.All()))
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
			if strings.HasPrefix(q.name, "HEAD") {
				continue
			}
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

func TestAServerThatAnswersIn10TellsNobodyToSendABody(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{Personality: must(personality.Named("python-http-server"))})
	silent := dial(t, address).send("POST /albums HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	settled(t, s)
	silent.send("{}").next("HTTP/1.0 201 Created\r\n")
	w := dial(t, as(t, "nginx", "")).send("POST /albums HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	w.next("HTTP/1.1 100 Continue\r\n\r\n").send("{}").next("HTTP/1.1 201 Created\r\n")
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
