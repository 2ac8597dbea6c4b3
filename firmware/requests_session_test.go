package firmware_test

import (
	"strings"
	"testing"
)

// kept is what a client sends that keeps the connection.
func kept(method, target string) string {
	return method + " " + target + " HTTP/1.1\r\nHost: HOST\r\n\r\n"
}

// in has a Session s make the requests, and closes it.
func in(calls string) string {
	return "(s := requests.Session(), r := (" + calls + "), s.close())[1]"
}

func TestASessionKeepsAConnectionThatMayBeKept(t *testing.T) {
	t.Parallel()
	two := ok + "Content-Length: 2\r\n\r\nhi"
	chunked := ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
	twice := in("s.get(url + '/a').content, s.get(url + '/b').content")
	both := []string{kept("GET", "/a") + kept("GET", "/b")}
	each := []string{kept("GET", "/a"), kept("GET", "/b")}
	one := func(first string) []reply { return []reply{{bytes: first, more: []string{two}, hang: true}} }
	lone := func(first string) []reply { return []reply{{bytes: first, hang: true}, {bytes: two, hang: true}} }
	old := func(fields string) string { return "HTTP/1.0 200 OK\r\n" + fields + "Content-Length: 2\r\n\r\nhi" }
	check(t, []row{
		{name: "a body of known length", replies: one(two), call: twice, see: "r", want: "(b'hi', b'hi')", sent: both},
		{name: "chunks", replies: one(chunked), call: twice, see: "r", want: "(b'hi', b'hi')", sent: both},
		{name: "no body", replies: one("HTTP/1.1 204 No\r\n\r\n"), call: twice, see: "r", want: "(b'', b'hi')", sent: both},
		{name: "pieces", replies: one(two), call: in("list(s.get(url + '/a').iter_content(1)), s.get(url + '/b').content"), see: "r", want: "([b'h', b'i'], b'hi')", sent: both},
		{name: "1.0 that says so", replies: one(old("Connection: Keep-Alive\r\n")), call: twice, see: "r", want: "(b'hi', b'hi')", sent: both},
		{name: "other words beside it", replies: one(ok + "Connection: X, y\r\nContent-Length: 2\r\n\r\nhi"), call: twice, see: "r", want: "(b'hi', b'hi')", sent: both},

		{name: "words that only look like close", replies: one(ok + "Connection: x-close\r\nContent-Length: 2\r\n\r\nhi"), call: twice, see: "r", want: "(b'hi', b'hi')", sent: both},
		{name: "not 1.0 that says so in its body", replies: lone("HTTP/1.0 200 OK\r\nContent-Length: 27\r\n\r\n\nConnection: keep-alive\r\nhi"), call: in("s.get(url + '/a').content[-2:], s.get(url + '/b').content"), see: "r", want: "(b'hi', b'hi')", sent: each},
		{name: "not one that the server closes", replies: lone(ok + "Connection: x, Close\r\nContent-Length: 2\r\n\r\nhi"), call: twice, see: "r", want: "(b'hi', b'hi')", sent: each},
		{name: "not 1.0", replies: lone(old("")), call: twice, see: "r", want: "(b'hi', b'hi')", sent: each},
		{name: "not 1.0 in chunks, which is faulty framing", replies: lone("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"), call: twice, see: "r", want: "(b'hi', b'hi')", sent: each},
		{name: "not both framings", replies: lone(ok + "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"), call: twice, see: "r", want: "(b'hi', b'hi')", sent: each},
		{name: "not one whose end is the body's", replies: []reply{{bytes: ok + "\r\nhi"}, {bytes: two, hang: true}}, call: twice, see: "r", want: "(b'hi', b'hi')", sent: each},
		{name: "not one that was closed unread", replies: lone(two), call: in("s.get(url + '/a').close(), s.get(url + '/b').content"), see: "r", want: "(None, b'hi')", sent: each},
		{name: "not one that is still read", replies: lone(two), call: in("(a := s.get(url + '/a'), s.get(url + '/b').content, a.content)[1:]"), see: "r", want: "(b'hi', b'hi')", sent: each},
		{name: "not where the caller says close", replies: lone(two), call: in("s.get(url + '/a', headers={'Connection': 'close'}).content, s.get(url + '/b').content"), see: "r", want: "(b'hi', b'hi')", sent: []string{request("GET", "/a", "1.1", ""), kept("GET", "/b")}},
		{name: "not to another server", replies: []reply{{bytes: two, hang: true}}, call: in("s.get(url + '/a').content, s.get(other).content"), see: "r", want: "(b'hi', b'other')"},
		{name: "not one with bytes that nobody asked for", replies: []reply{{bytes: two + "junk", hang: true}, {bytes: two, hang: true}}, call: twice, see: "r", want: "(b'hi', b'hi')", sent: each},
		{name: "three requests, and one that is refused", replies: []reply{{bytes: two, more: []string{"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno", two}, hang: true}}, call: in("[s.get(url).content for _ in range(3)]"), see: "r", want: "[b'hi', b'no', b'hi']"},
		{name: "1.0, which asks for it", replies: []reply{{bytes: old("Connection: keep-alive\r\n"), hang: true}}, call: "(s := requests.Session(http_version='1.0'), s.get(url + '/a').content, s.close())", see: "r[1]", want: "b'hi'", sent: []string{"GET /a HTTP/1.0\r\nHost: HOST\r\nConnection: keep-alive\r\n\r\n"}},
		{name: "with a deadline", replies: one(two), call: in("s.get(url + '/a', deadline=20).content, s.get(url + '/b', deadline=20).content"), see: "r", want: "(b'hi', b'hi')", sent: both},
		{name: "with a deadline, then without", replies: one(two), call: in("s.get(url + '/a', deadline=20).content, s.get(url + '/b').content"), see: "r", want: "(b'hi', b'hi')", sent: both},
		{name: "a timeout holds again", replies: []reply{{bytes: two, more: []string{""}, hang: true}}, call: in("s.get(url + '/a').content, s.get(url + '/b', timeout=0.05).content"), see: "r", want: "raises Timeout 110: waiting for http://HOST/b"},
		{name: "a redirect", replies: one(strings.Replace(to(302, "/b").bytes, "5\r\n\r\nthere", "0\r\n\r\n", 1)), call: in("s.get(url + '/a').content"), see: "r", want: "b'hi'", sent: both},
	})
}

func TestAStaleConnectionIsReplacedForWhatMayBeRepeated(t *testing.T) {
	t.Parallel()
	two := ok + "Content-Length: 2\r\n\r\nhi"
	// The server reads the second request and closes: whether it acted on it nobody knows.
	stale := []reply{{bytes: two, more: []string{""}}, {bytes: two, hang: true}}
	dead := "raises RequestError 104: the server closed the connection without an answer"
	again := func(method, how string) string {
		return in("s.get(url + '/a').content, s." + method + "(url + '/b'" + how + ").content")
	}
	put := "PUT /b HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\n\r\nx"
	check(t, []row{
		{name: "GET", replies: stale, call: again("get", ""), see: "r", want: "(b'hi', b'hi')", sent: []string{kept("GET", "/a") + kept("GET", "/b"), kept("GET", "/b")}},
		{name: "DELETE", replies: stale, call: again("delete", ""), see: "r", want: "(b'hi', b'hi')"},
		{name: "PUT with a body", replies: stale, call: again("put", ", data=b'x'"), see: "r", want: "(b'hi', b'hi')", sent: []string{kept("GET", "/a") + put, put}},
		{name: "PUT with a body that is gone", replies: stale[:1], call: again("put", ", data=(c for c in (b'x',))"), see: "r", want: dead, sent: []string{kept("GET", "/a") + "PUT /b HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"}},
		{name: "POST", replies: stale[:1], call: again("post", ", data=b'x'"), see: "r", want: dead, sent: []string{kept("GET", "/a") + strings.Replace(put, "PUT", "POST", 1)}},
		{name: "PATCH", replies: stale[:1], call: again("patch", ", data=b'x'"), see: "r", want: dead, sent: []string{kept("GET", "/a") + strings.Replace(put, "PUT", "PATCH", 1)}},
		{name: "once", replies: []reply{{bytes: two, more: []string{""}}, {}}, call: again("get", ""), see: "r", want: dead, sent: []string{kept("GET", "/a") + kept("GET", "/b"), kept("GET", "/b")}},
		{name: "a reset", replies: []reply{{bytes: two, more: []string{""}, reset: true}, {bytes: two, hang: true}}, call: again("get", ""), see: "r", want: "(b'hi', b'hi')"},
		{name: "not after a part of the answer", replies: []reply{{bytes: two, more: []string{"HTTP/1.1 2"}}}, call: again("get", ""), see: "r", want: "raises IncompleteRead 104: "},
		{name: "not after nonsense", replies: []reply{{bytes: two, more: []string{"x\r\n"}, hang: true}}, call: again("get", ""), see: "r", want: "raises ProtocolError 71: "},
		// Its end is seen before anything is sent, so that even a POST goes out safely.
		{name: "POST where the end has come", replies: []reply{{bytes: two}, {bytes: two, hang: true}}, call: in("s.get(url + '/a').content, ended(made[0]), s.post(url + '/b', data=b'x').content"), see: "r", want: "(b'hi', True, b'hi')"},
	})
}

func TestASessionSharesItsOptions(t *testing.T) {
	t.Parallel()
	two := ok + "Content-Length: 2\r\n\r\nhi"
	one := []reply{{bytes: two, hang: true}}
	with := func(options, call string) string {
		return "(s := requests.Session(" + options + "), r := " + call + ", s.close())[1]"
	}
	check(t, []row{
		{name: "http_version", replies: []reply{{bytes: refused}, {bytes: two}}, call: with("http_version='auto'", "(x := s.get(url), x.request_version, x.content)[1:]"), see: "r", want: "('1.0', b'hi')"},
		{name: "which a request overrules", replies: one, call: with("http_version='auto'", "(x := s.get(url, http_version='1.0'), x.request_version, x.content)[1:]"), see: "r", want: "('1.0', b'hi')"},
		{name: "headers", replies: one, call: with("headers={'A': '1', 'B': '2'}", "s.get(url, headers={'b': '3'}).content"), see: "r", want: "b'hi'", sent: []string{"GET / HTTP/1.1\r\nHost: HOST\r\nA: 1\r\nb: 3\r\n\r\n"}},
		{name: "auth", replies: one, call: with("auth=('a', 'b')", "s.get(url).content"), see: "r", want: "b'hi'", sent: []string{"GET / HTTP/1.1\r\nHost: HOST\r\nAuthorization: Basic YTpi\r\n\r\n"}},
		{name: "timeout", replies: []reply{{hang: true}}, call: with("timeout=0.05", "s.get(url).content"), see: "r", want: "raises Timeout 110: "},
		{name: "each method", replies: []reply{{bytes: two, more: []string{two, two, two, ok + "Content-Length: 2\r\n\r\n", two}, hang: true}}, call: in("[getattr(s, m)(url).content for m in ('get', 'post', 'put', 'patch', 'head', 'delete')]"), see: "r", want: "[b'hi', b'hi', b'hi', b'hi', b'', b'hi']"},
		{name: "an option that is none", call: "requests.Session(colour='red').get(url)", want: "raises TypeError: "},
		{name: "a with block closes", replies: one, call: "requests.Session()", see: "r.__enter__() is r, r.get(url).content, r.__exit__(None, None, None), left_open()", want: "(True, b'hi', None, 0)"},
		{name: "and it can be used again", replies: []reply{{bytes: two, hang: true}, {bytes: two, hang: true}}, call: "requests.Session()", see: "r.get(url).content, r.close(), r.get(url).content, r.close()", want: "(b'hi', None, b'hi', None)"},
	})
}

func TestASessionHoldsFewConnections(t *testing.T) {
	t.Parallel()
	c := newClient(t, "1.29")
	var servers []*server
	urls := ""
	for range 5 {
		s := c.serve(reply{bytes: ok + "Content-Length: 2\r\n\r\nhi", hang: true})
		servers = append(servers, s)
		urls += "'" + s.url + "', "
	}
	got := c.exec("s = requests.Session()\nprint([s.get(u).content for u in (" + urls + ")], len(s._idle))\nprint(left_open())\ns.close()\n")
	if got != "[b'hi', b'hi', b'hi', b'hi', b'hi'] 2\n2" {
		t.Errorf("got %s", got)
	}
	for _, s := range servers {
		s.stop()
	}
}
