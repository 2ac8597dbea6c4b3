//go:build peers

package firmware_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// change is a row of the page for those who come from urequests, and a program that
// shows both of its sides. Sees prints what an expression is, or the class of what it raises.
type change struct {
	stock    string // the row's first cell begins with it
	replies  []reply
	program  string
	was, now string // what it prints
}

const sees = `
def sees(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__)
class Timed(Noted):
    def settimeout(self, t):
        times.append(t)
        super().settimeout(t)
times = []
`

func changes() []change {
	two := ok + "Content-Length: 2\r\n\r\nhi"
	answer := func(bytes string) []reply { return []reply{{bytes: bytes}} }
	again := func(n int, bytes string) (all []reply) {
		for range n {
			all = append(all, reply{bytes: bytes})
		}
		return all
	}
	cut := ok + "Content-Length: 5\r\n\r\nhi"
	chunked := ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
	return []change{
		{"0.10 (on boards", again(2, two), "sees(lambda: requests.get(url + '/sent').status_code)\nsees(lambda: requests.get(url, http_version='auto').status_code)", "200\nTypeError\nHTTP/1.0", "200\n200\nHTTP/1.1"},
		{"no timeout", again(2, two), "socket.socket = Timed\nsees(lambda: (requests.get(url).close(), times))\nsees(lambda: (requests.get(url, timeout=None).close(), times[-1:]))\nsocket.socket = Noted", "(None, [])\n(None, [])", "(None, [10])\n(None, [None])"},
		{
			"exceptions are",
			[]reply{{bytes: "nonsense\r\n\r\n"}, {bytes: "HTTP/1.1 300 X\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"}},
			"sees(lambda: requests.get(url))\nsees(lambda: requests.get(url).status_code)\nsees(lambda: requests.post(url, data=b'x', json=1))\nsees(lambda: requests.get('http://127.0.0.1:1/'))\nprint(isinstance(OSError(5), OSError))",
			"ValueError\nNotImplementedError\nAssertionError\nOSError\nTrue", "ProtocolError\n300\nValueError\nRequestError\nTrue",
		},
		{"`reason` is bytes", answer(two), "sees(lambda: requests.get(url).reason)", "b'OK'", "OK"},
		{"`headers` is a dict", answer(ok + "X: 1\r\nx-y: z\r\nX: 2\r\nContent-Length: 0\r\n\r\n"), "r = requests.get(url)\nsees(lambda: (r.headers['X'], type(r.headers) is dict))\nsees(lambda: r.headers['X-Y'])\nsees(lambda: sorted(dict(r.headers.items()).items()))", "('2', True)\nKeyError\n[('Content-Length', '0'), ('X', '2'), ('x-y', 'z')]", "('1, 2', False)\nz\n[('Content-Length', '0'), ('X', '2'), ('x-y', 'z')]"},
		{"`headers=` is changed", answer(two), "d = {'A': 'b'}\nrequests.get(url, headers=d).close()\nprint(sorted(d))", "['A', 'Connection', 'Host']", "['A']"},
		{"the port is left out", answer(two), "requests.get(url + '/host').close()", "Host: 127.0.0.1", "Host: HOST"},
		{"https is never", []reply{{bytes: two, cert: "self-signed"}, {bytes: two, cert: "self-signed"}}, "u = url.replace('http', 'https')\nsees(lambda: requests.get(u).status_code)\nsees(lambda: requests.get(u, verify=False).status_code)", "200\nTypeError", "ValueError\n200"},
		{"a body that breaks off", answer(cut), "sees(lambda: requests.get(url).content)", "b'hi'", "IncompleteRead"},
		{
			"redirects without end", append(again(7, "HTTP/1.1 302 Go\r\nLocation: http://HOST/\r\nContent-Length: 0\r\n\r\n"), reply{bytes: two}), "sees(lambda: requests.delete(url + '/moved', headers={'Authorization': 'secret'}).status_code)",
			"200\nGET / HTTP/1.0", "TooManyRedirects\nDELETE / HTTP/1.1",
		},
		{"chunked replies", answer(chunked), "sees(lambda: requests.get(url).content)", "ValueError", "b'hi'"},
		{"`data=` is str, bytes, a generator or a file", again(4, two), "sees(lambda: requests.post(url, data='x').status_code)\nsees(lambda: requests.post(url, data=(c for c in (b'x',))).status_code)\nsees(lambda: requests.post(url, data={'a': 'b'}).status_code)\nsees(lambda: requests.post(url, data=io.BytesIO(b'x')).status_code)\nsees(lambda: requests.post(url, data=(c for c in (b'x',)), http_version='1.0').status_code)", "200\n200\nTypeError\n200\nTypeError", "200\n200\n200\n200\nValueError"},
		{"some errors leave", answer(chunked[:len(chunked)-5]), "made.clear()\nsees(lambda: requests.get(url).content)\nprint(left_open())", "ValueError\n1", "IncompleteRead\n0"},
		{"`content` after", again(2, two), "r = requests.get(url)\nr.content\nr.close()\nsees(lambda: r.content)\nr = requests.get(url)\nr.close()\nsees(lambda: r.content)", "AttributeError\nAttributeError", "b'hi'\nValueError"},
		{"`raw` is the socket", answer(two + "!"), "r = requests.get(url)\nprint(isinstance(r.raw, socket.socket))\nsees(lambda: r.raw.read())", "True\nb'hi!'", "False\nb'hi'"},
		{"`parse_headers=False`", answer(two), "sees(lambda: requests.get(url, parse_headers=False).headers['Content-Length'])", "AttributeError", "2"},
	}
}

// Behind what a program prints stands what of the last request it is about.
var about = []struct{ target, line string }{
	{"/sent", `HTTP/1\.\d`},
	{"/host", `Host: \S+`},
	{"/moved", `\w+ / HTTP/1\.\d`},
}

func TestPeerEachChangeFromTheStockClientIsAsThePageSays(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/client-from-urequests.md")
	require.NoError(t, err)
	_, table, _ := strings.Cut(string(page), "| --- | --- |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")
	all := changes()
	require.Len(t, rows, len(all), "a change that is not tried, or is tried and not on the page")
	files := sources(t)
	files["/lib/stock.py"] = debianModule(t, "/requests/requests/__init__.py")
	for i, c := range all {
		require.True(t, strings.HasPrefix(rows[i], "| "+c.stock), "row %d of the page, %s, is tried as %s", i+1, rows[i], c.stock)
		for imports, want := range map[string]string{"import stock as requests": c.was, "from espy import requests": c.now} {
			t.Run(c.stock+": "+imports, func(t *testing.T) {
				t.Parallel()
				b := newClientWith(t, "1.29", files)
				s := b.serve(c.replies...)
				got := b.exec(fmt.Sprintf("%s%s\nurl = %q\n%s\nimport gc\nfor x in made:\n    x.close()\n", sees, imports, s.url, c.program))
				sent := s.stop()
				for _, a := range about {
					if strings.Contains(c.program, a.target) {
						got = strings.TrimPrefix(got+"\n"+regexp.MustCompile(a.line).FindString(sent[min(1, len(sent)-1)]), "\n")
					}
				}
				require.Equal(t, want, got)
			})
		}
	}
}
