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

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// replay is what the fuzzer's board runs: the reply comes from memory, in pieces of any
// size, from a socket that knows how much had come when it was last asked for more, keeps
// what is sent, and knows when it is closed.
const replay = `
import json
from binascii import hexlify, unhexlify
PIECE = 512
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
class Socket(io.IOBase):
    def __init__(self, *a):
        self.data = None
        self.sent = b""
        self.had = 0
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
    def waits(self):
        assert not self.closed
        self.had = self.data.tell()
        return self.data
    def recv(self, n):
        assert n > 0
        return self.waits().read(min(n, PIECE))
    def read(self, n):
        assert n >= 0
        return self.waits().read(n)
    def readinto(self, buf):
        return self.waits().readinto(buf)
    def readline(self, n):
        assert n > 0
        return self.waits().readline(n)
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

def fuzz(how, piece, reply):
    global REPLY, PIECE
    REPLY = reply
    PIECE = piece
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
    saw = [outcome, status, None if body is None else str(hexlify(body), "ascii"), made[-1].had, all(s.closed for s in made), [str(s.sent, "utf-8") for s in made]]
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
	had     int     // bytes of the last reply that had come when it last asked for more
	closed  bool    // all sockets
	sent    []string
	after   string // the body of the request that was made next
}

var (
	documented = regexp.MustCompile(`^(body|json|RequestError|Timeout|ProtocolError|IncompleteRead|TooLarge|TooManyRedirects)$`)
	asked      = regexp.MustCompile(`^(GET /\S* HTTP/1\.[01]\r\nHost: [^ \r\n]+\r\n(Accept-Encoding: gzip\r\n)?(Connection: (close|keep-alive)\r\n)?\r\n)*$`)
)

// feed lets the client read a reply, in one of eight ways and four sizes of piece, and
// gives what came of it.
func (c *client) feed(reply []byte, how byte) (s saw) {
	c.t.Helper()
	piece := []int{512, 1, 7, 100}[how/8%4]
	out := c.exec(fmt.Sprintf("fuzz(%d, %d, unhexlify('%x'))", how%8, piece, reply))
	require.NoError(c.t, json.Unmarshal([]byte(out), &[]any{&s.outcome, &s.status, &s.body, &s.had, &s.closed, &s.sent, &s.after}), "%s", out)
	return s
}

// wrong says what the client did that it must not do, whatever a server says: it comes
// to an end, raises only what is documented, closes its sockets, sends nothing but
// requests, is ready for the next one; and where Go's net/http finds a body in the
// reply as well, it is the same one, and once it has come nothing more is waited for.
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
	whole := len(reply) - in.Len() - buffered.Buffered()
	if told := theirs.ContentLength >= 0 || theirs.TransferEncoding != nil; told && s.had >= whole {
		return fmt.Sprintf("had %d bytes of a reply of %d, and waited for more", s.had, whole)
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
		for how := range byte(32) {
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
		how := rapid.Byte().Draw(t, "how") % 32
		if wrong := board.feed([]byte(reply), how).wrong([]byte(reply), how); wrong != "" {
			t.Fatalf("%s\nafter %q in way %d", wrong, reply, how)
		}
	})
}

// A head that comes in one block is read another way than one that comes byte by byte:
// what is seen of it is the same.
func TestAReplyIsTheSameInWhateverPiecesItComes(t *testing.T) {
	t.Parallel()
	board := newClient(t, "1.29")
	board.exec(replay)
	pieces := []string{
		"\r\n", "\n", "\r", "\x00", " ", "\t", ":", "::", ": ", " :", "1", "X-Y: z\r\n", "x\r\n", "Y:z\r\n", "content-length: 3\r\n", "Content-Length:2\r\n",
		"Content-Length : 2\r\n", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", strings.Repeat("A: b\r\n", 63), strings.Repeat("long ", 100),
	}
	rapid.Check(t, func(t *rapid.T) {
		reply := rapid.SampledFrom(seeds).Draw(t, "seed")
		head := strings.Index(reply, "\r\n\r\n") + 4
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			at := rapid.IntRange(0, max(head, 0)).Draw(t, "at")
			reply = reply[:at] + rapid.SampledFrom(pieces).Draw(t, "piece") + reply[at:]
		}
		how := rapid.ByteRange(0, 7).Draw(t, "how")
		whole, bytewise := board.feed([]byte(reply), how), board.feed([]byte(reply), how+8)
		whole.had, bytewise.had = 0, 0
		if diff := cmp.Diff(bytewise, whole, cmp.AllowUnexported(saw{})); diff != "" {
			t.Fatalf("%q in way %d (-byte by byte +at once):\n%s", reply, how, diff)
		}
	})
}
