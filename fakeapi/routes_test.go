package fakeapi_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/plan"
)

func TestARouteReplyIsExactToTheByte(t *testing.T) {
	t.Parallel()
	headers := func(h ...plan.Header) []plan.Header { return h }
	const date, closed = noonField, "Connection: close\r\n"
	for name, c := range map[string]struct {
		route plan.Route
		want  string
	}{
		"nothing but a path": {
			plan.Route{},
			"HTTP/1.1 200 OK\r\n" + date + "Content-Length: 0\r\n" + closed + "\r\n",
		},
		"JSON": {
			plan.Route{JSON: true, Body: []byte(`{"a":1}`), Status: 422},
			"HTTP/1.1 422 Unprocessable Content\r\n" + date + "Content-Type: application/json\r\nContent-Length: 7\r\n" + closed + "\r\n" + `{"a":1}`,
		},
		"text": {
			plan.Route{Body: []byte("hi"), Status: 299},
			"HTTP/1.1 299 \r\n" + date + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n" + closed + "\r\nhi",
		},
		"fields over and beside the server's": {
			plan.Route{Body: []byte("hi"), Reason: text("Sure"), Headers: headers(
				plan.Header{Name: "CONTENT-TYPE", Value: "x/y"}, plan.Header{Name: "Set-Cookie", Value: "a"},
				plan.Header{Name: "set-cookie", Value: "b"}, plan.Header{Name: "Date", Absent: true},
				plan.Header{Name: "Nothing", Absent: true})},
			"HTTP/1.1 200 Sure\r\nCONTENT-TYPE: x/y\r\nContent-Length: 2\r\n" + closed + "Set-Cookie: a\r\nset-cookie: b\r\n\r\nhi",
		},
		"a body that ends with the connection": {
			plan.Route{Body: []byte("hi"), Headers: headers(plan.Header{Name: "Content-Length", Absent: true}, plan.Header{Name: "Connection", Absent: true})},
			"HTTP/1.1 200 OK\r\n" + date + "Content-Type: text/plain; charset=utf-8\r\n\r\nhi",
		},
		"chunks of its own": {
			plan.Route{Body: []byte("0\r\n\r\n"), Headers: headers(plan.Header{Name: "Transfer-Encoding", Value: "chunked"}, plan.Header{Name: "Content-Type", Absent: true})},
			"HTTP/1.1 200 OK\r\n" + date + closed + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		},
		"304 has no body and no length": {
			plan.Route{Body: []byte("hi"), Status: 304},
			"HTTP/1.1 304 Not Modified\r\n" + date + closed + "\r\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.route.Path = "/x"
			_, address := start(t, plan.Server{Routes: []plan.Route{c.route}})
			got := exchange(t, address, "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
			require.Empty(t, cmp.Diff(c.want, got))
		})
	}
}

func TestAReplyWithoutALengthClosesTheConnection(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{Routes: []plan.Route{{
		Path: "/x", Body: []byte("hi"), Headers: []plan.Header{{Name: "content-length", Absent: true}},
	}}})
	require.True(t, strings.HasSuffix(exchange(t, address, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"), "\r\n\r\nhi"))
}

func TestARouteThatSaysCloseCloses(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{Routes: []plan.Route{{Path: "/x", Headers: []plan.Header{{Name: "Connection", Value: "Close"}}}}})
	require.Contains(t, exchange(t, address, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"), "\r\nConnection: Close\r\n")
}

func TestFailTwiceThenWorkIsTwoRoutes(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{Routes: []plan.Route{
		{Method: "GET", Path: "/albums/1", Times: 2, Status: 503},
		{Method: "POST", Path: "/albums/1", Status: 201},
	}})
	for _, status := range []string{"503", "503", "200", "200"} {
		reply := exchange(t, address, "GET /albums/1 HTTP/1.0\r\n\r\n")
		require.Equal(t, status, reply[9:12])
	}
	require.Equal(t, "201", exchange(t, address, "POST /albums/1 HTTP/1.0\r\n\r\n")[9:12])
}

func TestARouteMatchesThePathAndTheQueryOnlyWhereItHasOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path, target string
		matches      bool
	}{
		{"/x", "/x", true},
		{"/x", "/x?y=1", true},
		{"/x?y=1", "/x?y=1", true},
		{"/x?y=1", "/x?y=2", false},
		{"/x?y=1", "/x", false},
		{"/x", "/x/", false},
		{"/a b", "/a%20b", true},
		{"/a%20b", "/a%20b", true},
		{"/x", "http://a/x", true},
	} {
		t.Run(c.path+" and "+c.target, func(t *testing.T) {
			t.Parallel()
			_, address := start(t, plan.Server{Routes: []plan.Route{{Path: c.path, Status: 299}}})
			reply := exchange(t, address, "GET "+c.target+" HTTP/1.0\r\n\r\n")
			require.Equal(t, c.matches, strings.HasPrefix(reply, "HTTP/1.1 299 "), reply)
		})
	}
}

func TestRefusalsComeBeforeRoutesAndRoutesBeforeTheAPI(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{
		Versions: &plan.Versions{Accept: []string{"1.1"}},
		Routes:   []plan.Route{{Path: "/users/1", Status: 299}},
	})
	require.Equal(t, "505", exchange(t, address, requestIn("1.0"))[9:12])
	require.Equal(t, "299", exchange(t, address, requestIn("1.1"))[9:12])
}
