package firmware_test

import (
	"strings"
	"testing"
)

// done is a reply to anything.
var done = []reply{{bytes: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}}

// sends is a row in which the client sends exactly this.
func sends(name, call, sent string) row {
	return row{name: name, replies: append([]reply(nil), done...), call: call, see: "r.status_code", want: "200", sent: []string{sent}}
}

func TestTheHeadGoesOutAsTheCallerMeantIt(t *testing.T) {
	t.Parallel()
	plain := " HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"
	check(t, []row{
		sends("1.1 by default", "requests.get(url + '/albums/1')", "GET /albums/1"+plain),
		sends("1.0", "requests.get(url + '/albums/1', http_version='1.0')", "GET /albums/1 HTTP/1.0\r\nHost: HOST\r\nConnection: close\r\n\r\n"),
		sends("a path is optional", "requests.get(url)", "GET /"+plain),
		sends("a query without a path", "requests.get(url + '?a=b')", "GET /?a=b"+plain),
		sends("a fragment stays here", "requests.get(url + '/x?y#z?/')", "GET /x?y"+plain),
		sends("a fragment without a path", "requests.get(url + '#z')", "GET /"+plain),
		sends("spaces and letters beyond ASCII", "requests.get(url + '/a b/\\xe9?q=\\u20ac')", "GET /a%20b/%C3%A9?q=%E2%82%AC"+plain),
		sends("what is encoded stays", "requests.get(url + '/a%20b%2F')", "GET /a%20b%2F"+plain),
		sends("a % that encodes nothing", "requests.get(url + '/100%?%zz&%4&%41&%z4&%4z&%4')", "GET /100%25?%25zz&%254&%41&%25z4&%254z&%254"+plain),
		sends("a scheme in capitals", "requests.get(url.replace('http', 'HTTP'))", "GET /"+plain),
		sends("each method: HEAD", "requests.head(url)", "HEAD /"+plain),
		sends("each method: DELETE", "requests.delete(url)", "DELETE /"+plain),
		sends("each method: any other", "requests.request('PROPFIND', url)", "PROPFIND /"+plain),
		sends("fields of the caller", "requests.get(url, headers=[('X-A', 'b'), ('X-A', b'c'), ('X-N', 5)])", "GET / HTTP/1.1\r\nHost: HOST\r\nX-A: b\r\nX-A: c\r\nX-N: 5\r\nConnection: close\r\n\r\n"),
		sends("a tab, and letters beyond ASCII, in a field", "requests.get(url, headers=[('X', 'a\\tb'), ('Y', '\\xe9')])", "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\tb\r\nY: \u00e9\r\nConnection: close\r\n\r\n"),
		sends("the caller's Host wins, whatever its case", "requests.get(url, headers={'hOST': 'other.example'})", "GET / HTTP/1.1\r\nhOST: other.example\r\nConnection: close\r\n\r\n"),
		sends("the caller's Connection wins", "requests.get(url, headers={'connection': 'x'})", "GET / HTTP/1.1\r\nHost: HOST\r\nconnection: x\r\n\r\n"),
		sends("auth", "requests.get(url, auth=('user', 'p:\\xe9'))", "GET / HTTP/1.1\r\nHost: HOST\r\nAuthorization: Basic dXNlcjpwOsOp\r\nConnection: close\r\n\r\n"),
		sends("auth with a space", "requests.get(url, auth=('user', 'a b~'))", "GET / HTTP/1.1\r\nHost: HOST\r\nAuthorization: Basic dXNlcjphIGJ+\r\nConnection: close\r\n\r\n"),
		sends("auth from the URL", "requests.get(url.replace('//', '//us%40er:p@'))", "GET / HTTP/1.1\r\nHost: HOST\r\nAuthorization: Basic dXNAZXI6cA==\r\nConnection: close\r\n\r\n"),
		sends("auth before what is in the URL", "requests.get(url.replace('//', '//a:b@'), auth=('user', 'p'))", "GET / HTTP/1.1\r\nHost: HOST\r\nAuthorization: Basic dXNlcjpw\r\nConnection: close\r\n\r\n"),
		sends("an at sign in the path is no auth", "requests.get(url + '/@me')", "GET /@me"+plain),
		sends("the caller's Authorization wins", "requests.get(url, auth=('a', 'b'), headers={'authorization': 'Bearer x'})", "GET / HTTP/1.1\r\nHost: HOST\r\nauthorization: Bearer x\r\nConnection: close\r\n\r\n"),
		sends("the longest time", "requests.get(url, timeout=500000, deadline=500000)", "GET /"+plain),
		{
			name: "the caller's dictionary is left alone", replies: append([]reply(nil), done...),
			call: "(d := {'a': 'b'}, requests.post(url, headers=d, json=1, auth=('a', 'b')))", see: "r[0]", want: "{'a': 'b'}",
		},
		{
			name: "a URL is shown without its secrets", replies: append([]reply(nil), done...),
			call: "requests.get(url.replace('//', '//user:secret@') + '/x#y')", see: "r.url", want: "'http://HOST/x#y'",
		},
	})
}

func TestABodyGoesOutWithItsLength(t *testing.T) {
	t.Parallel()
	post := "POST / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n"
	form := "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
	check(t, []row{
		sends("no body", "requests.post(url)", post+"Content-Length: 0\r\n\r\n"),
		sends("no body, PUT", "requests.put(url)", strings.Replace(post, "POST", "PUT", 1)+"Content-Length: 0\r\n\r\n"),
		sends("no body, PATCH", "requests.patch(url)", strings.Replace(post, "POST", "PATCH", 1)+"Content-Length: 0\r\n\r\n"),
		sends("bytes", "requests.post(url, data=b'\\x00\\xff')", post+"Content-Length: 2\r\n\r\n\x00\xff"),
		sends("empty bytes", "requests.get(url, data=b'')", strings.Replace(post, "POST", "GET", 1)+"Content-Length: 0\r\n\r\n"),
		sends("a bytearray and its part", "requests.post(url, data=memoryview(bytearray(b'hello'))[1:3])", post+"Content-Length: 2\r\n\r\nel"),
		sends("str, its length in bytes", "requests.post(url, data='caf\\xe9')", post+"Content-Length: 5\r\n\r\ncaf\xc3\xa9"),
		sends("a body larger than a segment", "requests.post(url, data=b'x' * 20000)", post+"Content-Length: 20000\r\n\r\n"+strings.Repeat("x", 20000)),
		sends("json", "requests.post(url, json={'a': [1, None]})", "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 16\r\n\r\n{\"a\": [1, null]}"),
		sends("the caller's Content-Type wins", "requests.post(url, json=[], headers={'content-type': 'x/y'})", "POST / HTTP/1.1\r\nHost: HOST\r\ncontent-type: x/y\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]"),
		sends("a wrong Content-Length is put right", "requests.post(url, data=b'ab', headers={'Content-Length': '9'})", post+"Content-Length: 2\r\n\r\nab"),
		sends("a form", "requests.post(url, data={'a b': '\\xe9&='})", form+"Content-Length: 16\r\n\r\na+b=%C3%A9%26%3D"),
		sends("a form of pairs", "requests.post(url, data=[('a', 1), ('a', b'~'), ('b', ['x', 'y'])])", form+"Content-Length: 17\r\n\r\na=1&a=%7E&b=x&b=y"),
		sends("a form of what stays as it is, and of its neighbours", "requests.post(url, data={'0189AZaz*-._': '/:@[`{+,)^'})", form+"Content-Length: 43\r\n\r\n0189AZaz*-._=%2F%3A%40%5B%60%7B%2B%2C%29%5E"),
		sends("an empty form", "requests.post(url, data={})", form+"Content-Length: 0\r\n\r\n"),
		sends("a generator", "requests.post(url, data=(c for c in ('ab', b'', b'c')))", post+"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"),
		sends("a generator of nothing", "requests.post(url, data=(c for c in ()))", post+"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
		sends("a large chunk", "requests.post(url, data=(c for c in (b'x' * 3000,)))", post+"Transfer-Encoding: chunked\r\n\r\nbb8\r\n"+strings.Repeat("x", 3000)+"\r\n0\r\n\r\n"),
		sends("a generator of known length", "requests.post(url, data=(c for c in (b'ab', b'c')), headers={'content-length': 3})", post+"Content-Length: 3\r\n\r\nabc"),
		sends("a generator of known length in 1.0", "requests.post(url, data=(c for c in (b'ab', b'c')), headers={'content-length': '3'}, http_version='1.0')", strings.Replace(post, "1.1", "1.0", 1)+"Content-Length: 3\r\n\r\nabc"),
		sends("a list in 1.0", "requests.post(url, data=[b'ab', 'c'], http_version='1.0')", strings.Replace(post, "1.1", "1.0", 1)+"Content-Length: 3\r\n\r\nabc"),
		sends("a file", "requests.post(url, data=io.BytesIO(b'z' * 1000))", post+"Content-Length: 1000\r\n\r\n"+strings.Repeat("z", 1000)),
		{
			name: "a generator in 1.0", replies: append([]reply(nil), done...), call: "requests.post(url, data=(c for c in (b'a',)), http_version='1.0')",
			want: "raises ValueError: data: HTTP/1.0 has no chunks", sent: []string{},
		},
		{
			name: "less than its Content-Length", replies: append([]reply(nil), done...), call: "requests.post(url, data=(c for c in (b'ab',)), headers={'content-length': 3})",
			want: "raises ValueError: data: Content-Length says 3 bytes; 2 or more came",
		},
		{
			name: "more than its Content-Length", replies: append([]reply(nil), done...), call: "requests.post(url, data=(c for c in (b'ab', b'cd')), headers={'content-length': 3})",
			want: "raises ValueError: data: Content-Length says 3 bytes; 4 or more came",
		},
		sends("a generator whose length is in bytes", "requests.post(url, data=(c for c in (b'a',)), headers={'content-length': b'1'})", post+"Content-Length: 1\r\n\r\na"),
		sends("text from a file of text", "requests.post(url, data=io.StringIO('caf\\xe9'))", post+"Content-Length: 5\r\n\r\ncaf\xc3\xa9"),
		sends("a file from where it stands", "requests.post(url, data=(f := io.BytesIO(b'hello'), f.read(2))[0])", post+"Content-Length: 3\r\n\r\nllo"),
		sends("a file whose seek says nothing", "requests.post(url, data=Pieces(b'ab', b'', length=2))", post+"Content-Length: 2\r\n\r\nab"),
		sends("what has a tell and cannot", "requests.post(url, data=Pieces(b'ab', None))", post+"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"),
		sends("a file of str", "requests.post(url, data=Pieces('caf\\xe9', ''))", post+"Transfer-Encoding: chunked\r\n\r\n5\r\ncaf\xc3\xa9\r\n0\r\n\r\n"),
		{
			name: "a file that cannot be read has no answer, not even one that came", replies: []reply{{bytes: done[0].bytes, unread: true}}, call: "requests.post(url, data=Pieces(OSError(5)))",
			want: "raises RequestError 5: reading data= for http://HOST: [Errno 5]",
		},
		{
			name: "nor is one that is late", replies: append([]reply(nil), done...), call: "requests.post(url, data=Pieces(b'ab', OSError(110)))",
			want: "raises Timeout 110: reading data= for http://HOST: nothing came or went within the time allowed",
		},
		{
			name: "what a generator raises is raised", replies: append([]reply(nil), done...), call: "requests.post(url, data=Pieces(b'ab', KeyError('k')).each())",
			want: "raises KeyError: k",
		},
		{
			name: "a download that breaks off is no answer to the upload of it", replies: []reply{{bytes: ok + "Content-Length: 9\r\n\r\nhello"}, done[0]},
			call: "requests.post(url, data=requests.get(url).iter_content(5))", want: "raises IncompleteRead 104: the body ended after 5 bytes; 9 in all were due",
		},
		{
			name: "a file of numbers", replies: append([]reply(nil), done...), call: "requests.post(url, data=Pieces(5))",
			want: "raises ValueError: data: expected chunks of bytes or str, got 5",
		},
		{
			name: "a generator of items that are no bytes", replies: append([]reply(nil), done...), call: "requests.post(url, data=(memoryview(array.array('i', (1,))) for _ in range(1)))",
			want: "raises ValueError: data: expected a memoryview of bytes, got one of larger items",
		},
		{
			name: "a generator that fails", replies: append([]reply(nil), done...), call: "requests.post(url, data=(1 // c for c in (1, 0)))",
			want: "raises ValueError: data: expected chunks of bytes or str, got 1",
		},
		{
			name: "an answer before the body is read", replies: []reply{{bytes: "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", unread: true}},
			call: "requests.post(url, data=(b'x' * 10000 for _ in range(1000)))", see: "r.status_code", want: "413",
		},
	})
}

func TestABadArgumentIsAValueErrorAndSendsNothing(t *testing.T) {
	t.Parallel()
	var rows []row
	for _, bad := range [][2]string{
		{"requests.get(url + '/a\\r\\nX: y')", "url: control character 0x0d"},
		{"requests.get(url + '/\\x00')", "url: control character 0x00"},
		{"requests.get(url + '/\\x1f')", "url: control character 0x1f"},
		{"requests.get(url + '/\\x7f')", "url: control character 0x7f"},
		{"requests.get('ftp://h/')", "url: expected http://host or https://host, got 'ftp://h/'"},
		{"requests.get('/x')", "url: expected http://host"},
		{"requests.get('')", "url: expected http://host"},
		{"requests.get('http:///x')", "url: expected a host"},
		{"requests.get('http://')", "url: expected a host"},
		{"requests.get('http://:80/')", "url: expected a host"},
		{"requests.get('http://h:0/')", "url: expected a host, and a port up to 65535"},
		{"requests.get('http://h:65536/')", "url: expected a host, and a port up to 65535"},
		{"requests.get('http://h:8o/')", "url: expected a host, and a port up to 65535"},
		{"requests.get('http://h:-1/')", "url: expected a host, and a port up to 65535"},
		{"requests.get('http://h a/')", "url: expected a host name in ASCII"},
		{"requests.get('http://\\xe9/')", "url: expected a host name in ASCII"},
		{"requests.get('http://h%20x/')", "url: % cannot be in the host"},
		{"requests.get('http://h:8_0/')", "url: expected a host, and a port up to 65535"},
		{"requests.get(url + '/#\\n')", "url: control character 0x0a"},
		{"requests.get('http://h\\\\x/')", "url: \\ cannot be in the host"},
		{"requests.get('http://[::1/')", "url: expected an IPv6 address between [ and ]"},
		{"requests.get('http://[::1]x/')", "url: expected a host, and a port"},
		{"requests.get('http://[ab]/')", "url: expected an IPv6 address"},
		{"requests.get('http://[v1.x]/')", "url: expected an IPv6 address"},
		{"requests.get('http://[::g]/')", "url: g cannot be in the IPv6 address"},
		{"requests.get('http://u%zz@h/')", "url: expected two hex digits"},
		{"requests.get(b'http://h/')", "method, url: expected str"},
		{"requests.request('', url)", "method: expected a name"},
		{"requests.request('GET /x', url)", "method: expected a name"},
		{"requests.request('GET\\r\\n', url)", "method: expected a name"},
		{"requests.request('G\\xc9T', url)", "method: expected a name"},
		{"requests.request('GET\\x7f', url)", "method: expected a name"},
		{"requests.request('(GET)', url)", "method: expected a name"},
		{"requests.request('GET ', url)", "method: expected a name"},
		{"requests.request('CONNECT', url)", "method: expected a name"},
		{"requests.get(url, headers={'X': 'a\\r\\nY: b'})", "header field X: control character"},
		{"requests.get(url, headers={'X': 'a\\nb'})", "header field X: control character"},
		{"requests.get(url, headers={'X': 'a\\x00b'})", "header field X: control character"},
		{"requests.get(url, headers={'X': 'a\\x1fb'})", "header field X: control character"},
		{"requests.get(url, headers={'X': b'a\\x7fb'})", "header field X: control character"},
		{"requests.get(url, headers={'X\\r\\nY': 'a'})", "header field 'X\\r\\nY'"},
		{"requests.get(url, headers={'X:': 'a'})", "header field 'X:'"},
		{"requests.get(url, headers={'': 'a'})", "header field ''"},
		{"requests.get(url, headers={b'X': 'a'})", "header field b'X'"},
		{"requests.get(url, headers={'X': None})", "header field X: expected str, got None"},
		{"requests.get(url, headers=['X: y'])", "headers: expected a dict"},
		{"requests.get(url, headers={'Host': 'a', 'host': 'b'})", "header field host: expected it once"},
		{"requests.get(url, headers={'transfer-encoding': 'chunked'})", "header field transfer-encoding"},
		{"requests.get(url, headers={'content-length': 'x'}, data=(c for c in ()))", "header field content-length: expected a number"},
		{"requests.get(url, auth=('a\\n', 'b'))", "auth: control character"},
		{"requests.get(url, auth=('a', 'b\\x7f'))", "auth: control character"},
		{"requests.get(url, auth=('a', 'b\\x1f'))", "auth: control character"},
		{"requests.get(url, auth=('a:b', 'c'))", "auth: a user cannot have a colon"},
		{"requests.get(url.replace('//', '//a%0a:b@'))", "auth: control character"},
		{"requests.get(url, http_version='2')", "http_version: expected \"1.0\", \"1.1\" or \"auto\", got '2'"},
		{"requests.get(url, http_version=1.0)", "http_version: expected"},
		{"requests.get(url, timeout=0)", "timeout, deadline: expected seconds above 0"},
		{"requests.get(url, timeout='5')", "timeout, deadline: expected seconds above 0"},
		{"requests.get(url, max_body=-1)", "max_body: expected a number of bytes"},
		{"requests.get(url, max_body='1')", "max_body: expected a number of bytes"},
		{"requests.get(url, headers=5)", "headers: expected a dict"},
		{"requests.get(url, auth='ann:secret')", "auth: expected (user, password)"},
		{"requests.get(url, auth=(b'ann', b'secret'))", "auth: expected (user, password)"},
		{"requests.get(url, auth=5)", "auth: expected (user, password)"},
		{"requests.get(url, deadline=-1)", "timeout, deadline: expected seconds above 0"},
		{"requests.post(url, data=b'', json=1)", "data, json: expected one of them"},
		{"requests.post(url, data=[b'x', 5])", "data: expected chunks of bytes or str, got 5"},
		{"requests.post(url, data=[('a', 'b'), 'cd'])", "data: expected (name, value) pairs, got 'cd'"},
		{"requests.post(url, data=[('a',)])", "data: expected (name, value) pairs, got ('a',)"},
		{"requests.post(url, data=memoryview(array.array('i', (1,))))", "data: expected a memoryview of bytes, got one of larger items"},
		{"requests.post(url, data=(c for c in ()), headers={'content-length': ''})", "header field content-length: expected a number"},
		{"requests.get(url, timeout=float('inf'))", "timeout, deadline: expected seconds above 0 and up to 500000, or None, got inf"},
		{"requests.get(url, timeout=float('nan'))", "timeout, deadline: expected seconds above 0"},
		{"requests.get(url, timeout=500001)", "timeout, deadline: expected seconds above 0"},
		{"requests.get(url, timeout=-1)", "timeout, deadline: expected seconds above 0"},
		{"requests.get(url, timeout=True)", "timeout, deadline: expected seconds above 0"},
		{"requests.get(url, deadline=float('inf'))", "timeout, deadline: expected seconds above 0"},
		{"requests.get(url, deadline=float('nan'))", "timeout, deadline: expected seconds above 0"},
		{"requests.get(url, deadline='5')", "timeout, deadline: expected seconds above 0"},
		{"requests.get(url, deadline=0)", "timeout, deadline: expected seconds above 0"},
		{"requests.get(url, max_body=1.5)", "max_body: expected a number of bytes, or None, got 1.5"},
		{"requests.get(url.replace('//', '//a:b@'), auth=())", "auth: expected (user, password)"},
		{"requests.get(url, headers=[('X',)])", "headers: expected a dict or (name, value) pairs, got ('X',)"},
		{"requests.get(url, headers=[None])", "headers: expected a dict or (name, value) pairs, got None"},
		{"requests.Session({'A': 'b'}).get(url, headers=[None])", "headers: expected a dict or (name, value) pairs, got None"},
		{"requests.Session({'A': 'b'}).get(url, headers=[(1, 2)])", "header field 1: expected str for its name"},
		{"requests.Session({'A': 'b'}).get(url, headers=5)", "headers: expected a dict or (name, value) pairs, got 5"},
		{"requests.Session({'A': 'b'}).get(url, headers='C: d')", "headers: expected a dict or (name, value) pairs, got 'C: d'"},
		{"requests.Session(5)", "headers: expected a dict or (name, value) pairs, got 5"},
		{"requests.Session(['A: b'])", "headers: expected a dict or (name, value) pairs, got 'A: b'"},
		{"requests.Session({1: 'b'})", "header field 1: expected str for its name"},
		{"(s := requests.Session(), s.headers.update({1: 'b'}), s.get(url))", "header field 1: expected str for its name"},
		{"requests.Session(timeout=float('inf')).get(url)", "timeout, deadline: expected seconds above 0"},
		{"requests.post(url, data=5)", "data: expected bytes, str, a dict, a file or chunks, got 5"},
		{"requests.get(url.replace('http:', 'https:'))", "https: expected the CA's certificate as cadata=, or verify=False"},
	} {
		rows = append(rows, row{name: bad[0], replies: append([]reply(nil), done...), call: bad[0], want: "raises ValueError: " + bad[1], sent: []string{}})
	}
	check(t, rows)
}

func TestAURLIsTakenApart(t *testing.T) {
	t.Parallel()
	var rows []row
	for _, url := range [][2]string{
		{"http://h", "(False, 'h', 80, 'h', '/')"},
		{"http://h:/", "(False, 'h', 80, 'h', '/')"},
		{"http://h:80/", "(False, 'h', 80, 'h', '/')"},
		{"http://h:443/", "(False, 'h', 443, 'h:443', '/')"},
		{"https://h/", "(True, 'h', 443, 'h', '/')"},
		{"https://h:443/", "(True, 'h', 443, 'h', '/')"},
		{"https://h:80", "(True, 'h', 80, 'h:80', '/')"},
		{"HTTPS://H.example/A", "(True, 'H.example', 443, 'H.example', '/A')"},
		{"http://[::1]", "(False, '::1', 80, '[::1]', '/')"},
		{"http://[::1]:80/x", "(False, '::1', 80, '[::1]', '/x')"},
		{"http://[FE80::1.2.3.4]:81?q", "(False, 'FE80::1.2.3.4', 81, '[FE80::1.2.3.4]:81', '/?q')"},
		{"http://h/a:b/[c]/d://e?f#g", "(False, 'h', 80, 'h', '/a:b/[c]/d://e?f')"},
		{"http://h:8080#?/", "(False, 'h', 8080, 'h:8080', '/')"},
		{"http://h/x#a#b", "(False, 'h', 80, 'h', '/x')"},
	} {
		rows = append(
			rows,
			row{name: url[0], call: "__import__('espy._url', None, None, ['split']).split('" + url[0] + "')", see: "r", want: url[1], sent: []string{}},
			row{name: url[0] + " in a plain request", call: "requests.Request('GET', '" + url[0] + "', 1)", see: "r.tls, r.host, r.port, r.authority, r.target", want: url[1], sent: []string{}},
		)
	}
	check(t, rows)
}
