package firmware_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// replay is what the fuzzer's board runs: the reply comes from memory, from a socket
// that counts what is read of it, keeps what is sent, and knows when it is closed.
const replay = `
import json
from binascii import hexlify, unhexlify
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
class Socket(io.IOBase):
    def __init__(self, *a):
        self.data = None
        self.sent = b""
        self.read_ = 0
        self.closed = False
        made.append(self)
    def settimeout(self, t):
        if self.closed:
            raise OSError(9)
    def connect(self, place):
        pass
    def ioctl(self, request, arg):
        return arg & 1 if self.closed or self.data.tell() < len(REPLY) else 0
    def write(self, data):
        assert not self.closed
        self.sent += data.encode() if isinstance(data, str) else bytes(data)
        self.data = io.BytesIO(REPLY)
        return len(data)
    def read(self, n):
        assert not self.closed and n >= 0
        return self.data.read(n)
    def readinto(self, buf):
        assert not self.closed
        return self.data.readinto(buf)
    def readline(self, n):
        assert not self.closed and n > 0
        return self.data.readline(n)
    def close(self):
        self.closed = True
socket.socket = Socket
socket.getaddrinfo = lambda h, p, *a: [(2, 1, 0, '', (h, p))]

def ask(how):
    """One request in one of eight ways; the Response and its body, where it has one."""
    kw = {}
    if how & 1:
        kw = {"max_body": 10000, "headers": {"Accept-Encoding": "gzip"}}
    way = how >> 1
    if way == 3:
        with requests.Session(http_version="1.0", **kw) as s:
            s.get("http://h/x").content
            r = s.get("http://h/x")
            return r, r.content
    if way or kw:
        kw["http_version"] = "auto"
    r = requests.get("http://h/x", stream=way == 2, **kw)
    list(r.headers.items())
    len(r.reason)
    if way == 0:
        return r, r.content
    if way == 1:
        return r, b"".join(r.iter_content(7))
    r.json()
    return r, None

def fuzz(how, reply):
    global REPLY
    REPLY = reply
    made.clear()
    status = body = None
    try:
        r, body = ask(how)
        status = r.status_code
        outcome = "body"
    except requests.RequestError as e:
        outcome = type(e).__name__
    except ValueError as e:
        outcome = "json" if how >> 1 == 2 else repr(e)
    except Exception as e:
        outcome = repr(e)
    taken = made[-1].data.tell() if made[-1].data else 0
    saw = [outcome, status, None if body is None else str(hexlify(body), "ascii"), taken, all(s.closed for s in made), [str(s.sent, "utf-8") for s in made]]
    REPLY = GOOD
    try:
        after = str(requests.get("http://h/y").content, "utf-8")
    except Exception as e:
        after = repr(e)
    print(json.dumps(saw + [after]))
`

// saw is what the board tells of one reply.
type saw struct {
	outcome string
	status  int
	body    *string // in hex
	taken   int     // bytes of the last connection that were read
	closed  bool    // all sockets
	sent    []string
	after   string // the body of the request that was made next
}

var (
	documented = regexp.MustCompile(`^(body|json|RequestError|Timeout|ProtocolError|IncompleteRead|TooLarge|TooManyRedirects)$`)
	asked      = regexp.MustCompile(`^(GET /\S* HTTP/1\.[01]\r\nHost: [^ \r\n]+\r\n(Accept-Encoding: gzip\r\n)?(Connection: (close|keep-alive)\r\n)?\r\n)*$`)
)

// feed lets the client read a reply, in one of eight ways, and gives what came of it.
func (c *client) feed(reply []byte, how byte) (s saw) {
	c.t.Helper()
	out := c.exec(fmt.Sprintf("fuzz(%d, unhexlify('%x'))", how%8, reply))
	require.NoError(c.t, json.Unmarshal([]byte(out), &[]any{&s.outcome, &s.status, &s.body, &s.taken, &s.closed, &s.sent, &s.after}), "%s", out)
	return s
}

// wrong says what the client did that it must not do, whatever a server says: it comes
// to an end, raises only what is documented, closes its sockets, sends nothing but
// requests, is ready for the next one; and where Go's net/http finds a body in the
// reply as well, it is the same one, and no byte behind it is touched.
func (s saw) wrong(reply []byte, how byte) string {
	switch {
	case !documented.MatchString(s.outcome):
		return s.outcome
	case !s.closed:
		return "left a socket open"
	case s.after != "ok":
		return "the next request ended in " + s.after
	}
	for _, sent := range s.sent {
		if !asked.MatchString(sent) {
			return fmt.Sprintf("sent %q", sent)
		}
	}
	if s.outcome != "body" || s.body == nil {
		return ""
	}
	in := bytes.NewReader(reply)
	buffered := bufio.NewReader(in)
	theirs, err := http.ReadResponse(buffered, &http.Request{Method: "GET"})
	if err != nil || theirs.StatusCode != s.status {
		return "" // an interim answer first, which Go leaves to its caller
	}
	want, err := io.ReadAll(theirs.Body)
	if err != nil {
		return ""
	}
	if end := len(reply) - in.Len() - buffered.Buffered(); s.taken > end {
		return fmt.Sprintf("read %d bytes of a reply of %d", s.taken, end)
	}
	got, err := hex.DecodeString(*s.body)
	if coding := strings.ToLower(theirs.Header.Get("Content-Encoding")); err == nil && how&1 == 1 && coding != "" {
		return "" // decoded
	}
	if !bytes.Equal(got, want) {
		return fmt.Sprintf("the body is %q, Go's %q", got, want)
	}
	return ""
}

// seeds are replies of each kind, for the fuzzer to start from.
var seeds = []string{
	album,
	refused,
	to(302, "/y?z#w").bytes, to(303, "//h:81/../x").bytes, to(307, "http://u:p@h/").bytes, to(308, "https://h").bytes,
	ok + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: v\r\n\r\n",
	ok + "Content-Length: 3, 3\r\n\r\nabcd",
	ok + "Content-Length: 3\r\nConnection: keep-alive\r\n\r\nabc",
	ok + "Content-Length: 3\r\n\r\nabc and what nobody asked for",
	ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nand what nobody asked for",
	ok + "X: a\r\n b\r\nX: \xe9\r\n\r\nbody",
	"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 204\r\n\r\n",
	"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n[]",
	"HTTP/1.1 200 OK\nX : y\r\r\n\x00\n\n",
	zipped(),
}

// zipped is a reply in gzip.
func zipped() string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	fmt.Fprint(w, strings.Repeat(`{"a": 1} `, 50))
	w.Close()
	return fmt.Sprintf("%sContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", ok, out.Len(), out.String())
}

// FuzzReply lets Go's fuzzer make up replies.
// (Go sees no coverage of the board, so: -fuzzminimizetime 1x.)
func FuzzReply(f *testing.F) {
	for _, seed := range seeds {
		for how := range byte(8) {
			f.Add([]byte(seed), how)
		}
	}
	board := newClient(f, "1.29")
	board.exec(replay)
	f.Fuzz(func(t *testing.T, reply []byte, how byte) {
		board.t = t
		if wrong := board.feed(reply, how).wrong(reply, how); wrong != "" {
			t.Errorf("%s", wrong)
		}
	})
}

// The same with replies that are nearly right, where Go's fuzzer is mostly far off.
func TestNoReplyThatIsNearlyRightBreaksTheClient(t *testing.T) {
	t.Parallel()
	board := newClient(t, "1.24")
	board.exec(replay)
	pieces := []string{
		"\r\n", "\n", "\r", "\x00", " ", "\t", ":", ";", ",", "0", "-1", "ffffffff", "\xff", "HTTP/1.1 ", "HTTP/1.0 505 X\r\n\r\n", "HTTP/1.1 100 C\r\n\r\n",
		"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n", "Connection: keep-alive\r\n", "Location: /x\r\n", "5\r\nhello\r\n", "0\r\n\r\n",
		`{"a":`, strings.Repeat("x", 600), strings.Repeat("A: b\r\n", 70),
	}
	rapid.Check(t, func(t *rapid.T) {
		reply := rapid.SampledFrom(seeds).Draw(t, "seed")
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			at := rapid.IntRange(0, len(reply)).Draw(t, "at")
			gone := rapid.IntRange(0, min(8, len(reply)-at)).Draw(t, "gone")
			reply = reply[:at] + rapid.SampledFrom(pieces).Draw(t, "piece") + reply[at+gone:]
		}
		if rapid.Bool().Draw(t, "cut") {
			reply = reply[:rapid.IntRange(0, len(reply)).Draw(t, "length")]
		}
		how := rapid.Byte().Draw(t, "how") % 8
		if wrong := board.feed([]byte(reply), how).wrong([]byte(reply), how); wrong != "" {
			t.Fatalf("%s\nafter %q in way %d", wrong, reply, how)
		}
	})
}
