package firmware_test

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/espy-hil/espy/firmware/clienttest"
)

// What the fuzzer's programs ask with: each entry as Python, and as what it means.

var (
	methods = []string{"GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"}
	urls    = []string{"http://h/x", "http://h:81/a/b?c#d", "http://g/", "http://h/é x?\"<>#y", "http://[::1]:8080", "HTTP://H/a/%41%"}
	users   = []clienttest.Call{{}, {User: [2]string{"a", "b"}}, {User: [2]string{"é", ""}}}
	limits  = []int{-1, 0, 10, 3000}
	ways    = 11
)

// versions are those of a request; the first says nothing.
var versions = []string{"1.1", "1.0", "1.1", "auto"}

var fields = [][][2]string{
	nil,
	{{"Accept-Encoding", "gzip, deflate"}},
	{{"X-K", "v"}, {"Cookie", "c"}, {"authorization", "t"}, {"Content-Type", "x/y"}},
	{{"Upgrade", "w"}, {"Connection", "Upgrade"}},
	{{"host", "other"}, {"proxy-authorization", "p"}},
	{{"Connection", "close"}, {"Content-Language", "en"}, {"Expect", "x"}},
}

// sent is a body, and the options that send it.
type sent struct {
	python string
	clienttest.Body
	fields [][2]string
}

var (
	large  = strings.Repeat("0123456789", 80)
	bodies = []sent{
		{},
		{python: `{"data": b"ab"}`, Body: clienttest.Body{Pieces: []string{"ab"}, Sized: true}},
		{python: `{"data": "é\r\n\r\nGET / HTTP/1.1\r\n"}`, Body: clienttest.Body{Pieces: []string{"é\r\n\r\nGET / HTTP/1.1\r\n"}, Sized: true}},
		{python: `{"data": b""}`, Body: clienttest.Body{Pieces: []string{""}, Sized: true}},
		{python: `{"data": memoryview(b"0123456789" * 80)}`, Body: clienttest.Body{Pieces: []string{large}, Sized: true}},
		{python: `{"json": {"a": [1, None, "é"]}}`, Body: clienttest.Body{Pieces: []string{`{"a": [1, null, "é"]}`}, Kind: "application/json", Sized: true}},
		{python: `{"data": {"a b": "c&d"}}`, Body: clienttest.Body{Pieces: []string{"a+b=c%26d"}, Kind: "application/x-www-form-urlencoded", Sized: true}},
		{python: `{"data": [b"abc", "", "é", b"0123456789" * 80]}`, Body: clienttest.Body{Pieces: []string{"abc", "", "é", large}, Listed: true, Stream: true}},
		{python: `{"data": (c for c in (b"abc", b"", b"0123456789" * 80, "z"))}`, Body: clienttest.Body{Pieces: []string{"abc", "", large, "z"}, Gone: true, Stream: true}},
		{python: `{"data": (c for c in (b"abc", b"de")), "headers": {"content-length": 5}}`, Body: clienttest.Body{Pieces: []string{"abc", "de"}, Gone: true, Stream: true}, fields: [][2]string{{"content-length", "5"}}},
		{python: `{"data": io.BytesIO(b"0123456789" * 80)}`, Body: clienttest.Body{Pieces: []string{large}, Sized: true, Stream: true}},
	}
)

// vocabulary is the tables as the board has them.
func vocabulary() string {
	var out strings.Builder
	list := func(name string, count int, item func(int) string) {
		out.WriteString(name + " = [")
		for i := range count {
			out.WriteString(item(i) + ", ")
		}
		out.WriteString("]\n")
	}
	python := func(text string) string { return fmt.Sprintf("str(unhexlify('%x'), 'utf-8')", text) }
	list("METHODS", len(methods), func(i int) string { return python(methods[i]) })
	list("PLACES", len(urls), func(i int) string { return python(urls[i]) })
	list("VERSIONS", len(versions), func(i int) string { return python(versions[i]) })
	list("LIMITS", len(limits), func(i int) string { return fmt.Sprint(limits[i]) })
	list("USERS", len(users), func(i int) string {
		return fmt.Sprintf("(%s, %s)", python(users[i].User[0]), python(users[i].User[1]))
	})
	list("FIELDS", len(fields), func(i int) string {
		pairs := ""
		for _, f := range fields[i] {
			pairs += fmt.Sprintf("(%s, %s), ", python(f[0]), python(f[1]))
		}
		return "[" + pairs + "]"
	})
	list("BODIES", len(bodies), func(i int) string { return "lambda: " + cmp.Or(bodies[i].python, "{}") })
	return out.String()
}

// meant is a call as clienttest takes it.
func (k call) meant() clienttest.Call {
	c := clienttest.Call{
		Method: methods[k.method], URL: urls[k.url], Fields: fields[k.fields], User: users[k.user].User,
		Version: versions[k.version], MaxBody: limits[k.limit], Stays: k.stays == 1,
	}
	if k.body > 0 {
		b := bodies[k.body]
		c.Body = &b.Body
		if b.fields != nil {
			c.Fields = b.fields
		}
	}
	return c
}

// read takes a script out of the bytes of a plan: one that is too short goes on with zeros.
// A plain GET of one reply is all zeros.
func readScript(plan []byte, replies [][]byte) script {
	next := func(n int) int {
		if len(plan) == 0 {
			return 0
		}
		b := plan[0]
		plan = plan[1:]
		return int(b) % n
	}
	s := script{session: next(2) == 1, soft: next(2) == 1, piece: []int{512, 1, 7, 100}[next(4)]}
	asked := 1 + next(3)
	for _, r := range replies[:1+next(len(replies))] {
		s.replies = append(s.replies, clienttest.Scripted{Bytes: r, End: clienttest.End(next(int(clienttest.Ends))), Unread: next(256)*8 - 1})
	}
	for i := range s.replies { // 0 is that all of a request is taken
		if r := &s.replies[i]; r.Unread > 900 || r.Unread < 0 {
			r.Unread = -1
		}
	}
	for range asked {
		s.calls = append(s.calls, call{
			way: next(ways), fields: next(len(fields)), version: next(len(versions)), method: next(len(methods)), url: next(len(urls)),
			body: next(len(bodies)), user: next(len(users)), limit: next(len(limits)), stays: next(2), deadline: next(2),
		})
	}
	return s
}
