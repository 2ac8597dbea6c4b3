package firmware_test

import (
	"fmt"
	"strings"
	"testing"
)

const (
	found   = "HTTP/1.1 200 OK\r\n\r\nfound"
	refused = "HTTP/1.1 505 HTTP Version Not Supported\r\nContent-Length: 3\r\n\r\nno!"
)

// to is a redirect.
func to(code int, location string) reply {
	return reply{bytes: fmt.Sprintf("HTTP/1.1 %d Go\r\nLocation: %s\r\nContent-Length: 5\r\n\r\nthere", code, location), hang: true}
}

// request is what the client sends, without a body.
func request(method, target, version, fields string) string {
	return method + " " + target + " HTTP/" + version + "\r\nHost: HOST\r\n" + fields + "Connection: close\r\n\r\n"
}

func TestARedirectIsFollowed(t *testing.T) {
	t.Parallel()
	get := func(target string) string { return request("GET", target, "1.1", "") }
	post := "POST /a HTTP/1.1\r\nHost: HOST\r\nX-K: v\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]"
	var rows []row
	for _, form := range [][2]string{
		{"/y?z", "/y?z"},
		{"http://HOST/y", "/y"},
		{"//HOST/y", "/y"},
		{"y", "/a/y"},
		{"./y", "/a/y"},
		{"../y", "/y"},
		{"../../../y", "/y"},
		{"../y/./z/..", "/y/"},
		{"?q", "/a/b?q"},
		{"#frag", "/a/b?c"},
		{"", "/a/b?c"},
		{"y#frag", "/a/y"},
		{"/\xc3\xa9 x", "/%C3%A9%20x"},
		{"HTTP://HOST/y", "/y"},
		{"/y:z", "/y:z"},
		{"./y:z", "/a/y:z"},
		{"1:y", "/a/1:y"},
		{"?", "/a/b?"},
		{".", "/a/"},
		{"..", "/"},
		{"/y/.", "/y/"},
		{"/y/.../..z", "/y/.../..z"},
		{"y?../z/./", "/a/y?../z/./"},
		{"\\\\h/y", "/a/%5C%5Ch/y"},
		{"http://HOST/y/../z?/../", "/z?/../"},
		{"//HOST/y/./z/..", "/y/"},
		{"http://HOST", "/"},
		{"http://HOST?y", "/?y"},
		{"/y/http://w", "/y/http://w"},
	} {
		rows = append(rows, row{
			name: "location " + form[0], replies: []reply{to(302, form[0]), {bytes: found}}, call: "requests.get(url + '/a/b?c')",
			see: "r.content, len(r.history)", want: "(b'found', 1)", sent: []string{get("/a/b?c"), get(form[1])},
		})
	}
	for _, c := range []struct {
		code         int
		method, then string
	}{
		{301, "GET", "GET"},
		{302, "HEAD", "HEAD"},
		{303, "HEAD", "HEAD"},
		{303, "DELETE", "GET"},
		{301, "DELETE", "DELETE"},
		{302, "OPTIONS", "OPTIONS"},
		{307, "DELETE", "DELETE"},
		{308, "GET", "GET"},
	} {
		rows = append(rows, row{
			name: fmt.Sprint(c.code, " ", c.method), replies: []reply{to(c.code, "/b"), {bytes: "HTTP/1.1 204 No\r\n\r\n"}}, call: fmt.Sprintf("requests.request(%q, url + '/a')", c.method),
			see: "r.status_code, r.history", want: fmt.Sprintf("(204, [(%d, '1.1', 'http://HOST/a')])", c.code),
			sent: []string{request(c.method, "/a", "1.1", ""), request(c.then, "/b", "1.1", "")},
		})
	}
	for _, code := range []int{301, 302, 303} {
		rows = append(rows, row{
			name: fmt.Sprint(code, " POST drops the body and its fields"), replies: []reply{to(code, "/b"), {bytes: found}},
			call: "requests.post(url + '/a', json=[], headers={'X-K': 'v', 'Content-Length': '2'})", see: "r.content", want: "b'found'",
			sent: []string{post, request("GET", "/b", "1.1", "X-K: v\r\n")},
		})
	}
	for _, code := range []int{307, 308} {
		rows = append(rows, row{
			name: fmt.Sprint(code, " POST keeps the body"), replies: []reply{to(code, "/b"), {bytes: found}},
			call: "requests.post(url + '/a', json=[], headers={'X-K': 'v'})", see: "r.content", want: "b'found'",
			sent: []string{post, "POST /b" + post[len("POST /a"):]},
		})
	}
	rows = append(
		rows,
		row{name: "302 PUT keeps the body", replies: []reply{to(302, "/b"), {bytes: found}}, call: "requests.put(url + '/a', data=(f := io.BytesIO(b'a file'), f.read(2))[0])", see: "r.content", want: "b'found'", sent: []string{
			"PUT /a HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfile", "PUT /b HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfile",
		}},
		row{name: "308 PUT keeps a file of the caller's length", replies: []reply{to(308, "/b"), {bytes: found}}, call: "requests.put(url + '/a', data=(f := io.BytesIO(b'a file'), f.read(2))[0], headers={'Content-Length': '4'})", see: "r.content", want: "b'found'", sent: []string{
			"PUT /a HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfile", "PUT /b HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfile",
		}},
		row{name: "307 with a body that is gone is the answer", replies: []reply{to(307, "/b")}, call: "requests.post(url + '/a', data=(c for c in (b'x',)))", see: "r.status_code, r.history, r.content", want: "(307, [], b'there')"},
		row{name: "303 with a body that is gone", replies: []reply{to(303, "/b"), {bytes: found}}, call: "requests.post(url + '/a', data=(c for c in (b'x',)))", see: "r.content", want: "b'found'"},
		row{name: "not asked for", replies: []reply{to(302, "/b")}, call: "requests.get(url, allow_redirects=False)", see: "r.status_code, r.headers['location'], r.history", want: "(302, '/b', [])", unread: 1},
		row{name: "without a location", reply: "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", see: "r.status_code", want: "302"},
		row{name: "300 is an answer", reply: "HTTP/1.1 300 Many\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", see: "r.status_code", want: "300"},
		row{name: "305 is an answer", reply: "HTTP/1.1 305 Proxy\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", see: "r.status_code, r.history", want: "(305, [])"},
		row{name: "options stay", replies: []reply{to(302, "/b"), {bytes: found}}, call: "requests.get(url, http_version='1.0', max_body=4, headers={'X': 'y'}, auth=('a', 'b'))", see: "r.content", want: "raises TooLarge 90: ", sent: []string{
			request("GET", "/", "1.0", "X: y\r\nAuthorization: Basic YTpi\r\n"), request("GET", "/b", "1.0", "X: y\r\nAuthorization: Basic YTpi\r\n"),
		}},
		row{name: "url and fragment", replies: []reply{to(302, "/b"), to(302, "/c#new"), {bytes: found}}, call: "requests.get(url + '/a#old')", see: "r.url, [u for _, _, u in r.history]", want: "('http://HOST/c#new', ['http://HOST/a#old', 'http://HOST/b#old'])", unread: 1},
		row{name: "five", replies: []reply{to(302, "/1"), to(302, "/2"), to(302, "/3"), to(302, "/4"), to(302, "/5"), {bytes: found}}, see: "r.content, len(r.history)", want: "(b'found', 5)"},
		row{name: "six", replies: []reply{to(302, "/1"), to(302, "/2"), to(302, "/3"), to(302, "/4"), to(302, "/5"), to(302, "/6")}, want: "raises TooManyRedirects 40: more than 5 redirects, the last of them at http://HOST/5"},
		row{name: "to another origin, without secrets", replies: []reply{to(307, "http://OTHER/b")}, call: "requests.get(url + '/a', auth=('a', 'b'), headers={'Cookie': 'c', 'Host': 'HOST', 'X': 'y'})", see: "r.content, r.url", want: "(b'other', 'http://OTHER/b')"},
		row{name: "to nowhere HTTP goes", replies: []reply{to(302, "ftp://h/")}, want: "raises ProtocolError 71: redirect to 'ftp://h/': url: expected http://host"},
		row{name: "to a mail address", replies: []reply{to(302, "mailto:a@b")}, want: "raises ProtocolError 71: redirect to 'mailto:a@b'"},
		row{name: "to a control character", replies: []reply{to(302, "/\x01")}, want: "raises ProtocolError 71: redirect to '/\\x01': url: control character"},
		row{name: "to a host with a mark that no host has", replies: []reply{to(302, "http://a^b/")}, want: "raises ProtocolError 71: redirect to 'http://a^b/': url: ^ cannot be in the host"},
		row{name: "to a URL with credentials", replies: []reply{to(302, "http://u:p@OTHER/")}, want: "raises ProtocolError 71: redirect to 'http://u:p@"},
		row{name: "to a user without a name", replies: []reply{to(302, "http://@HOST/")}, want: "raises ProtocolError 71: redirect to 'http://@HOST/': url: @ cannot be in the host"},
		row{name: "to a vertical tab", replies: []reply{to(302, "\v/b")}, want: "raises ProtocolError 71: redirect to '\\x0b/b': url: control character 0x0b"},
		row{name: "to a form feed", replies: []reply{to(302, "/b\f")}, want: "raises ProtocolError 71: redirect to '/b\\x0c': url: control character 0x0c"},
		row{name: "to a tab", replies: []reply{to(302, "/b\tc")}, want: "raises ProtocolError 71: redirect to '/b\\tc': url: control character 0x09"},
		row{name: "to a control character that dots take away", replies: []reply{to(302, "/y/\x10/..")}, want: "raises ProtocolError 71: redirect to '/y/\\x10/..': url: control character 0x10"},
		row{name: "to DEL", replies: []reply{to(302, "/\x7f")}, want: "raises ProtocolError 71: redirect to '/\\x7f': url: control character 0x7f"},
		row{name: "to a host beyond ASCII", replies: []reply{to(302, "//caf\xe9/")}, want: "raises ProtocolError 71: redirect to '//caf"},
		row{name: "to no host", replies: []reply{to(302, "///b")}, want: "raises ProtocolError 71: redirect to '///b': url: expected a host"},
		row{name: "to a scheme and no host", replies: []reply{to(302, "http:b")}, want: "raises ProtocolError 71: redirect to 'http:b': url: expected http://host"},
		row{name: "to a port that is none", replies: []reply{to(302, "http://h:8_0/")}, want: "raises ProtocolError 71: redirect to 'http://h:8_0/': url: expected a host, and a port"},
		row{name: "to an IPv6 address without its end", replies: []reply{to(302, "http://[::1/")}, want: "raises ProtocolError 71: redirect to 'http://[::1/': url: expected an IPv6 address"},
		row{name: "to two places", replies: []reply{{bytes: "HTTP/1.1 302 Found\r\nLocation: /b\r\nlocation: /c\r\nContent-Length: 0\r\n\r\n", hang: true}}, want: "raises ProtocolError 71: redirect to 2 places at once", sent: []string{get("/x")}},
		row{name: "to two places, not followed", replies: []reply{{bytes: "HTTP/1.1 302 Found\r\nLocation: /b\r\nlocation: /c\r\nContent-Length: 0\r\n\r\n", hang: true}}, call: "requests.get(url, allow_redirects=False)", see: "r.headers['location']", want: "'/b, /c'"},
		row{name: "to one place, said three times", replies: []reply{{bytes: "HTTP/1.1 302 Found\r\nLocation: /b,c\r\nlocation: /b,c\r\nLOCATION:\t/b,c\r\nContent-Length: 0\r\n\r\n", hang: true}, {bytes: found}}, see: "r.content", want: "b'found'", sent: []string{get("/x"), get("/b,c")}},
		row{name: "to a place in a fold", replies: []reply{{bytes: "HTTP/1.1 302 Found\r\nLocation:\r\n /b\r\nContent-Length: 0\r\n\r\n", hang: true}, {bytes: found}}, see: "r.content", want: "b'found'", sent: []string{get("/x"), get("/b")}},
		row{name: "six, the last of them not to be followed", replies: []reply{to(302, "/1"), to(302, "/2"), to(302, "/3"), to(302, "/4"), to(302, "/5"), {bytes: "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"}}, see: "r.status_code, len(r.history)", want: "(302, 5)"},
		row{name: "303 HEAD loses its body", replies: []reply{to(303, "/b"), {bytes: "HTTP/1.1 204 No\r\n\r\n"}}, call: "requests.head(url + '/a', data=b'x')", see: "r.status_code", want: "204", sent: []string{
			"HEAD /a HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", request("HEAD", "/b", "1.1", ""),
		}},
		row{
			name: "what describes a body goes with it", replies: []reply{to(303, "/b"), {bytes: found}}, see: "r.content", want: "b'found'",
			call: "requests.put(url + '/a', data=b'x', headers=[('Content-Type', 'a'), ('CONTENT-encoding', 'b'), ('Content-Language', 'c'), ('Content-Location', 'd'), ('Content-MD5', 'e'), ('Expect', '100-continue'), ('X-Content-A', 'f')])",
			sent: []string{
				"PUT /a HTTP/1.1\r\nHost: HOST\r\nContent-Type: a\r\nCONTENT-encoding: b\r\nContent-Language: c\r\nContent-Location: d\r\nContent-MD5: e\r\nExpect: 100-continue\r\nX-Content-A: f\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
				request("GET", "/b", "1.1", "X-Content-A: f\r\n"),
			},
		},
		row{
			name: "a body that goes along takes its fields with it", replies: []reply{to(307, "/b"), {bytes: found}}, see: "r.content", want: "b'found'",
			call: "requests.put(url + '/a', data=b'x', headers=[('Content-Language', 'c'), ('Expect', '100-continue')])",
			sent: []string{
				"PUT /a HTTP/1.1\r\nHost: HOST\r\nContent-Language: c\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
				"PUT /b HTTP/1.1\r\nHost: HOST\r\nContent-Language: c\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
			},
		},
		row{name: "to https, with nothing to verify by", replies: []reply{to(302, "https://OTHER/")}, want: "raises ProtocolError 71: redirect to 'https://OTHER/': https: expected the CA's certificate as cadata=, or verify=False"},
	)
	check(t, rows)
}

// The examples of RFC 3986 5.4, and what they leave out.
func TestAReferenceLeadsWhereTheRFCSays(t *testing.T) {
	t.Parallel()
	const base = "http://a/b/c/d;p?q"
	var rows []row
	for _, e := range [][3]string{
		{base, "g:h", "g:h"},
		{base, "g", "http://a/b/c/g"},
		{base, "./g", "http://a/b/c/g"},
		{base, "g/", "http://a/b/c/g/"},
		{base, "/g", "http://a/g"},
		{base, "//g", "http://g"},
		{base, "?y", "http://a/b/c/d;p?y"},
		{base, "g?y", "http://a/b/c/g?y"},
		{base, "#s", "http://a/b/c/d;p?q#s"},
		{base, "g#s", "http://a/b/c/g#s"},
		{base, "g?y#s", "http://a/b/c/g?y#s"},
		{base, ";x", "http://a/b/c/;x"},
		{base, "g;x", "http://a/b/c/g;x"},
		{base, "g;x?y#s", "http://a/b/c/g;x?y#s"},
		{base, "", "http://a/b/c/d;p?q"},
		{base, ".", "http://a/b/c/"},
		{base, "./", "http://a/b/c/"},
		{base, "..", "http://a/b/"},
		{base, "../", "http://a/b/"},
		{base, "../g", "http://a/b/g"},
		{base, "../..", "http://a/"},
		{base, "../../", "http://a/"},
		{base, "../../g", "http://a/g"},
		{base, "../../../g", "http://a/g"},
		{base, "../../../../g", "http://a/g"},
		{base, "/./g", "http://a/g"},
		{base, "/../g", "http://a/g"},
		{base, "g.", "http://a/b/c/g."},
		{base, ".g", "http://a/b/c/.g"},
		{base, "g..", "http://a/b/c/g.."},
		{base, "..g", "http://a/b/c/..g"},
		{base, "./../g", "http://a/b/g"},
		{base, "./g/.", "http://a/b/c/g/"},
		{base, "g/./h", "http://a/b/c/g/h"},
		{base, "g/../h", "http://a/b/c/h"},
		{base, "g;x=1/./y", "http://a/b/c/g;x=1/y"},
		{base, "g;x=1/../y", "http://a/b/c/y"},
		{base, "g?y/./x", "http://a/b/c/g?y/./x"},
		{base, "g?y/../x", "http://a/b/c/g?y/../x"},
		{base, "g#s/./x", "http://a/b/c/g#s/./x"},
		{base, "g#s/../x", "http://a/b/c/g#s/../x"},
		{base, "http:g", "http:g"},

		{base, "h2c+x-y.z:g", "h2c+x-y.z:g"},
		{base, "g_h:i", "http://a/b/c/g_h:i"},
		{base, "g/h:i", "http://a/b/c/g/h:i"},
		{base, "2:g", "http://a/b/c/2:g"},
		{base, "http://g/h/../i?/../", "http://g/i?/../"},
		{base, "//g/./h/..", "http://g/"},
		{base, "//g/.", "http://g/"},
		{base, "g//../h", "http://a/b/c/g/h"},
		{"https://a", "g", "https://a/g"},
		{"https://a", "..", "https://a/"},
		{"https://a", "//g", "https://g"},
		{"https://a?q/r", "g", "https://a/g"},
		{"http://a/b?q/r", "g", "http://a/g"},
		{"http://a/b?q/r", "?y", "http://a/b?y"},
		{"http://a/b?q/r#s/t", "g", "http://a/g#s/t"},
		{"http://a/b/../c", "?y", "http://a/b/../c?y"},
		{"http://a/b#s", "", "http://a/b#s"},
		{"http://a/b#s", "#", "http://a/b"},
		{"http://a/b#s", "g#t#u", "http://a/g#t#u"},
	} {
		rows = append(rows, row{
			name: e[1] + " beside " + e[0], call: fmt.Sprintf("__import__('espy._reference', None, None, ['x']).resolve(%q, %q)", e[0], e[1]),
			see: "r", want: "'" + e[2] + "'", sent: []string{},
		})
	}
	check(t, rows)
}

// Another scheme is tried with a TLS that leaves the bytes as they are: the server then
// has the same authority in both.
func TestAnOriginIsASchemeAHostAndAPort(t *testing.T) {
	t.Parallel()
	open := "(setattr(__import__('espy._tls', None, None, ['x']), 'connect', lambda ask: ask.dial()), "
	secret := "Cookie: c\r\nAuthorization: Basic YTpi\r\n"
	get := func(target, host, fields string) string {
		return "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "Connection: close\r\n\r\n"
	}
	with := func(url, location, sent, then, fields string) row {
		return row{
			name: location, replies: []reply{to(302, location), {bytes: found}}, see: "r.content, len(r.history)", want: "(b'found', 1)",
			call: open + "requests.get(" + url + " + '/a', auth=('a', 'b'), headers={'Cookie': 'c'}, verify=False))[1]",
			sent: []string{get("/a", sent, secret), get("/b", then, fields)},
		}
	}
	check(t, []row{
		with("url", "/b", "HOST", "HOST", secret),
		with("url", "http://HOST/b", "HOST", "HOST", secret),
		with("url", "https://HOST/b", "HOST", "HOST", ""),
		with("url.replace('http', 'https')", "/b", "HOST", "HOST", secret),
		with("url.replace('http', 'https')", "//HOST/b", "HOST", "HOST", secret),
		with("url.replace('127.0.0.1', '[::ffff:127.0.0.1]')", "http://127.0.0.1:PORT/b", "[::ffff:127.0.0.1]:PORT", "HOST", ""),
		with("url.replace('127.0.0.1', '[::ffff:127.0.0.1]')", "http://[::FFFF:127.0.0.1]:PORT/b", "[::ffff:127.0.0.1]:PORT", "[::FFFF:127.0.0.1]:PORT", secret),
		{name: "from https to http", replies: []reply{to(302, "http://HOST/b")}, want: "raises ProtocolError 71: redirect to http, from https: http://HOST/b", call: open + "requests.get(url.replace('http', 'https') + '/a', verify=False))[1]", sent: []string{get("/a", "HOST", "")}},
	})
}

func TestAnotherOriginGetsNoSecrets(t *testing.T) {
	t.Parallel()
	c := newClient(t, "1.29")
	other := c.serve(reply{bytes: found})
	s := c.serve(reply{bytes: fmt.Sprintf("HTTP/1.1 307 Go\r\nLocation: %s/b\r\nContent-Length: 0\r\n\r\n", other.url)})
	got := c.ask(fmt.Sprintf("url = %q", s.url), "requests.post(url.replace('//', '//u:p@') + '/a', json=[], headers={'cookie': 'c', 'Proxy-Authorization': 'd', 'host': 'e', 'AuthorizatioN': 'f', 'X': 'y'})", "r.content", 0)
	if got != "b'found'" {
		t.Errorf("got %s", got)
	}
	s.stop()
	want := "POST /b HTTP/1.1\r\nHost: HOST\r\nX: y\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]"
	if sent := other.stop(); len(sent) != 1 || sent[0] != want {
		t.Errorf("the other origin got %q, want %q", sent, want)
	}
}

func TestAutoTakesTheVersionThatTheServerTakes(t *testing.T) {
	t.Parallel()
	upgrade := "HTTP/1.1 426 Upgrade Required\r\nUpgrade: HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
	seen := "r.status_code, r.request_version, [h[:2] for h in r.history]"
	auto := "requests.get(url + '/x', http_version='auto')"
	twice := "(" + auto + ".close(), " + auto + ")[1]"
	in := func(version string) string { return request("GET", "/x", version, "") }
	check(t, []row{
		{name: "1.1 works", replies: []reply{{bytes: found}}, call: auto, see: seen, want: "(200, '1.1', [])", sent: []string{in("1.1")}, unread: 1},
		{name: "505 to 1.1", replies: []reply{{bytes: refused}, {bytes: found}}, call: auto, see: seen, want: "(200, '1.0', [(505, '1.1')])", sent: []string{in("1.1"), in("1.0")}, unread: 1},
		{name: "and it is remembered", replies: []reply{{bytes: refused}, {bytes: found}, {bytes: found}}, call: twice, see: seen, want: "(200, '1.0', [])", sent: []string{in("1.1"), in("1.0"), in("1.0")}, unread: 1},
		{name: "505 to both", replies: []reply{{bytes: refused}, {bytes: refused}}, call: auto, see: "r.status_code, r.content, len(r.history)", want: "(505, b'no!', 1)", sent: []string{in("1.1"), in("1.0")}},
		{name: "and that is not remembered", replies: []reply{{bytes: refused}, {bytes: refused}, {bytes: found}}, call: twice, see: seen, want: "(200, '1.1', [])", sent: []string{in("1.1"), in("1.0"), in("1.1")}, unread: 1},
		{name: "426 to the 1.0 that was remembered", replies: []reply{{bytes: refused}, {bytes: found}, {bytes: upgrade}, {bytes: found}}, call: twice, see: seen, want: "(200, '1.1', [(426, '1.1')])", sent: []string{in("1.1"), in("1.0"), in("1.0"), in("1.1")}, unread: 1},
		{name: "and what works then is remembered instead", replies: []reply{{bytes: refused}, {bytes: found}, {bytes: upgrade}, {bytes: found}, {bytes: found}}, call: "(" + twice + ".close(), " + auto + ")[1]", see: seen, want: "(200, '1.1', [])", sent: []string{in("1.1"), in("1.0"), in("1.0"), in("1.1"), in("1.1")}, unread: 1},
		{name: "505 to the 1.0 that was remembered", replies: []reply{{bytes: refused}, {bytes: found}, {bytes: refused}, {bytes: found}, {bytes: found}}, call: "(" + twice + ".close(), " + auto + ")[1]", see: seen, want: "(200, '1.1', [])", sent: []string{in("1.1"), in("1.0"), in("1.0"), in("1.1"), in("1.1")}, unread: 1},
		{name: "remembered for its scheme", replies: []reply{{bytes: refused}, {bytes: found}, {bytes: found, cert: "valid"}}, call: "(" + auto + ".close(), requests.get(url.replace('http', 'https') + '/x', http_version='auto', cadata=ca))[1]", see: seen, want: "(200, '1.1', [])", sent: []string{in("1.1"), in("1.0"), in("1.1")}, unread: 1},
		{name: "remembered for its host in any case", replies: []reply{{bytes: refused}, {bytes: found}, {bytes: found}}, call: "(real := socket.getaddrinfo, setattr(socket, 'getaddrinfo', lambda h, *a: real('127.0.0.1', *a)), [requests.get(url.replace('127.0.0.1', h) + '/x', http_version='auto').content for h in ('a.example', 'A.Example')], setattr(socket, 'getaddrinfo', real))[2]", see: "r", want: "[b'found', b'found']", sent: []string{
			strings.Replace(in("1.1"), "HOST", "a.example:PORT", 1), strings.Replace(in("1.0"), "HOST", "a.example:PORT", 1), strings.Replace(in("1.0"), "HOST", "A.Example:PORT", 1),
		}},
		{name: "400 to 1.1 is an answer", replies: []reply{{bytes: "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n"}}, call: auto, see: seen, want: "(400, '1.1', [])", sent: []string{in("1.1")}},
		{name: "503 to 1.1 is an answer", replies: []reply{{bytes: "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"}}, call: auto, see: seen, want: "(503, '1.1', [])", sent: []string{in("1.1")}},
		{name: "426 to 1.1 is an answer", replies: []reply{{bytes: upgrade}}, call: auto, see: seen, want: "(426, '1.1', [])", sent: []string{in("1.1")}},
		{name: "the body goes out again", replies: []reply{{bytes: refused}, {bytes: found}}, call: "requests.post(url + '/x', data=b'ab', http_version='auto')", see: seen, want: "(200, '1.0', [(505, '1.1')])", sent: []string{
			"POST /x HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab", "POST /x HTTP/1.0\r\nHost: HOST\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab",
		}, unread: 1},
		{name: "a body that is gone does not", replies: []reply{{bytes: refused}}, call: "requests.post(url, data=(c for c in (b'a',)), http_version='auto')", see: "r.status_code, r.content, r.history", want: "(505, b'no!', [])"},
		{name: "explicit 1.1 is kept", replies: []reply{{bytes: refused}}, see: "r.status_code, r.content", want: "(505, b'no!')", sent: []string{in("1.1")}},
		{name: "explicit 1.0 is kept", replies: []reply{{bytes: upgrade}}, call: "requests.get(url + '/x', http_version='1.0')", see: "r.status_code", want: "426", sent: []string{in("1.0")}},
		{name: "the module's default", replies: []reply{{bytes: refused}, {bytes: found}}, call: "(setattr(requests, 'http_version', 'auto'), requests.get(url + '/x'), setattr(requests, 'http_version', '1.1'))[1]", see: seen, want: "(200, '1.0', [(505, '1.1')])", unread: 1},
		{name: "a retry is no redirect", replies: []reply{{bytes: refused}, to(302, "/1"), to(302, "/2"), to(302, "/3"), to(302, "/4"), to(302, "/5"), {bytes: found}}, call: auto, see: "r.content, [h[0] for h in r.history]", want: "(b'found', [505, 302, 302, 302, 302, 302])"},
		{name: "it is found out again where a redirect leads", replies: []reply{to(302, "/x"), {bytes: refused}, {bytes: found}}, call: auto, see: "r.status_code, r.request_version, [h[0] for h in r.history]", want: "(200, '1.0', [302, 505])", sent: []string{in("1.1"), in("1.1"), in("1.0")}, unread: 1},
		{name: "a connection that is closed is no refusal", replies: []reply{{}}, call: auto, want: "raises RequestError 104: the server closed the connection without an answer", sent: []string{in("1.1")}},
		{name: "more servers than are remembered", call: "(a := __import__('espy._auto', None, None, ['x']), [a.remember((False, str(n)), '1.0') for n in range(40)])", see: "len(r[0]._older) <= 16", want: "True"},
	})
}
