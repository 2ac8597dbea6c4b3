package firmware_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASecureServerIsVerified(t *testing.T) {
	t.Parallel()
	two := ok + "Content-Length: 2\r\n\r\nhi"
	with := func(cert string) []reply { return []reply{{bytes: two, hang: true, cert: cert}} }
	get := func(options string) string {
		return "requests.get(url.replace('http', 'https') + '/x', " + options + ")"
	}
	sent := []string{"GET /x HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"}
	nothing := []string{""} // a connection, and no request on it
	rows := []row{
		{name: "by the CA that the caller names", replies: with("valid"), call: get("cadata=ca"), want: "(200, b'hi')", sent: sent},
		{name: "with nothing to verify by", replies: with("valid"), call: get("timeout=5"), want: "raises ValueError: https: expected the CA's certificate as cadata=, or verify=False", sent: []string{}},
		{name: "with nothing, which is said", replies: with("valid"), call: get("verify=True"), want: "raises ValueError: https: expected the CA's", sent: []string{}},
		{name: "what is no certificate", replies: with("valid"), call: get("cadata=b'no'"), want: "raises ValueError: ", sent: []string{}},
		{name: "late", replies: []reply{{bytes: ok + "Content-Length: 3\r\n\r\nhi", hang: true, cert: "valid"}}, call: get("cadata=ca, timeout=0.5"), want: "raises Timeout 110: reading the body of https://HOST/x"},
		{name: "late, by a deadline", replies: []reply{{bytes: ok + "Content-Length: 3\r\n\r\nhi", hang: true, cert: "valid"}}, call: get("cadata=ca, deadline=0.5"), want: "raises Timeout 110: reading the body of https://HOST/x"},
		{name: "in time", replies: with("valid"), call: get("cadata=ca, deadline=20"), want: "(200, b'hi')", sent: sent},
		{name: "in pieces", replies: with("valid"), call: get("cadata=ca"), see: "list(r.iter_content(1))", want: "[b'h', b'i']"},
		{name: "into a buffer", replies: with("valid"), call: get("cadata=ca"), see: "r.readinto(b := bytearray(2)), b", want: "(2, bytearray(b'hi'))"},
		{name: "by chunks", replies: []reply{{bytes: ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", hang: true, cert: "valid"}}, call: get("cadata=ca"), want: "(200, b'hi')"},
		{
			name: "to another protocol", replies: []reply{{bytes: "HTTP/1.1 101 Go\r\nUpgrade: echo\r\n\r\nhello", hang: true, cert: "valid"}},
			call: get("cadata=ca, headers={'Upgrade': 'echo', 'Connection': 'upgrade'}"), see: "r.status_code, r.raw.read(5)", want: "(101, b'hello')", unread: 1,
		},
		{name: "late in its head", replies: []reply{{bytes: ok + "X: ", hang: true, cert: "valid"}}, call: get("cadata=ca, timeout=0.5"), want: "raises Timeout 110: waiting for https://HOST/x"},
		{name: "late in its handshake", replies: []reply{{hang: true}}, call: get("cadata=ca, timeout=0.5"), want: "raises Timeout 110: connecting to https://HOST/x"},
		{name: "late in its handshake, by a deadline", replies: []reply{{hang: true}}, call: get("cadata=ca, deadline=0.5"), want: "raises Timeout 110: connecting to https://HOST/x"},
		{name: "closed before its end", replies: with("valid"), call: get("cadata=ca"), see: "r.close(), left_open()", want: "(None, 0)"},
		{name: "a body that breaks off", replies: []reply{{bytes: ok + "Content-Length: 3\r\n\r\nhi", cert: "valid"}}, call: get("cadata=ca"), want: "raises IncompleteRead 104: the body ended after 2 bytes; 3 in all were due"},
		{name: "not HTTP", replies: []reply{{bytes: "nonsense\n", cert: "valid"}}, call: get("cadata=ca"), want: "raises ProtocolError 71: "},
		{name: "a large body goes out", replies: with("valid"), call: "requests.post(url.replace('http', 'https'), data=b'x' * 40000, cadata=ca)", want: "(200, b'hi')", sent: []string{
			"POST / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Length: 40000\r\n\r\n" + strings.Repeat("x", 40000),
		}},
		{name: "a Session keeps it", replies: []reply{{bytes: two, more: []string{two, two}, hang: true, cert: "valid"}}, call: "(s := requests.Session(cadata=ca), u := url.replace('http', 'https'), [s.get(u + p, **kw).content for p, kw in (('/a', {}), ('/b', {'deadline': 20}), ('/c', {}))], s.close())", see: "r[2]", want: "[b'hi', b'hi', b'hi']", sent: []string{
			kept("GET", "/a") + kept("GET", "/b") + kept("GET", "/c"),
		}},
		{
			name: "from http to https", replies: []reply{{bytes: "HTTP/1.1 302 Go\r\nLocation: https://HOST/x\r\nContent-Length: 0\r\n\r\n"}, with("valid")[0]},
			call: "requests.get(url, cadata=ca)", see: "r.url, r.content", want: "('https://HOST/x', b'hi')",
		},
		{
			name: "never from https to http", replies: []reply{{bytes: "HTTP/1.1 302 Go\r\nLocation: http://HOST/x\r\nContent-Length: 0\r\n\r\n", cert: "valid"}},
			call: get("cadata=ca"), want: "raises ProtocolError 71: redirect to http, from https: http://HOST/x",
		},
	}
	for kind, says := range map[string]string{
		"expired": "expired", "not-yet-valid": "future", "wrong-host": "does not match", "self-signed": "not correctly signed", "unknown-ca": "not correctly signed",
	} {
		rows = append(
			rows,
			row{name: kind, replies: with(kind), call: get("cadata=ca"), see: "r", want: "raises RequestError -9984: connecting to https://HOST/x: ", sent: nothing},
			row{name: kind + " says why", replies: with(kind), call: "error(lambda: " + get("cadata=ca") + ")", see: "'" + says + "' in r", want: "True"},
			row{name: kind + ", unverified", replies: with(kind), call: get("verify=False"), want: "(200, b'hi')", sent: sent},
		)
	}
	check(t, rows)
}

// A tls of a board may verify nothing, as axTLS on an ESP8266 does: that is not taken for verified.
func TestABoardThatCannotVerifyRefusesTo(t *testing.T) {
	t.Parallel()
	c := newClient(t, "1.29")
	s := c.serve(reply{bytes: ok + "Content-Length: 2\r\n\r\nhi", hang: true, cert: "self-signed"})
	c.exec("url = '" + strings.Replace(s.url, "http", "https", 1) + `'
import sys, tls
class Blind:
    PROTOCOL_TLS_CLIENT, CERT_NONE, CERT_REQUIRED = tls.PROTOCOL_TLS_CLIENT, tls.CERT_NONE, tls.CERT_REQUIRED
    class SSLContext:
        def __init__(self, kind):
            self.inner = tls.SSLContext(kind)
            self.inner.verify_mode = tls.CERT_NONE
        def wrap_socket(self, *a, **kw):
            return self.inner.wrap_socket(*a, **kw)
sys.modules['tls'] = Blind`)
	require.Equal(t, "raises ValueError: https: the tls of this board cannot verify; verify=False goes without", c.ask("", "requests.get(url, cadata=b'x')", "r", 0))
	require.Equal(t, "b'hi'", c.ask("", "requests.get(url, verify=False)", "r.content", 0))
	s.stop()
}

func TestABoardWithoutTLSSaysSo(t *testing.T) {
	t.Parallel()
	c := newClient(t, "1.29")
	got := c.exec("import sys\nsys.modules.pop('tls', None)\nsys.path[:] = ['/lib']\n" +
		"case(lambda: requests.get('https://127.0.0.1:1/', verify=False), lambda r: r, 0)")
	require.Equal(t, "raises ValueError: https: this board has no tls module", got)
}
