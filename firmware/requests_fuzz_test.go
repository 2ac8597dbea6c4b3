package firmware_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// replay is what the fuzzer's board runs: the reply comes from memory, a socket that
// counts what is read of it and when it is closed.
const replay = `
from binascii import unhexlify
class Socket:
    def __init__(self, *a):
        self.data = io.BytesIO(REPLY)
        self.closed = False
        made.append(self)
    def settimeout(self, t):
        if self.closed:
            raise OSError(9)
    def connect(self, place):
        self.sent = bytearray()
    def write(self, data):
        assert not self.closed
        self.sent.extend(data)
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

def fuzz(how):
    made.clear()
    try:
        r = requests.get("http://h/x", http_version="auto", stream=how == 2, max_body=10000)
        list(r.headers.items())
        len(r.reason)
        if how == 0:
            r.content
        elif how == 1:
            for _ in r.iter_content(7):
                pass
        elif how == 2:
            r.json()
        else:
            r.read(10), r.readinto(bytearray(5)), r.read()
        outcome = "body"
    except requests.RequestError as e:
        outcome = type(e).__name__
    except ValueError as e:
        outcome = "json" if how == 2 else repr(e)
    for s in made:
        if not s.closed:
            outcome += ", left a socket open"
        if not s.sent.startswith(b"GET ") or not s.sent.endswith(b"Connection: close\r\n\r\n") or s.sent.count(b"\r\n\r\n") != 1:
            outcome += ", sent " + repr(s.sent)
    print(outcome)
`

var documented = regexp.MustCompile(`^(body|json|RequestError|Timeout|ProtocolError|IncompleteRead|TooLarge|TooManyRedirects)$`)

// seeds are replies of each kind, for the fuzzer to start from.
var seeds = []string{
	album,
	refused,
	to(302, "/y?z#w").bytes, to(303, "//h:81/../x").bytes, to(307, "http://u:p@h/").bytes, to(308, "https://h").bytes,
	ok + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: v\r\n\r\n",
	ok + "Content-Length: 3, 3\r\n\r\nabcd",
	ok + "X: a\r\n b\r\nX: \xe9\r\n\r\nbody",
	"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 204\r\n\r\n",
	"HTTP/1.1 200 OK\nX : y\r\r\n\x00\n\n",
}

// feed lets the client read a reply, in one of four ways, and gives what came of it.
func (c *client) feed(reply []byte, how byte) string {
	return c.exec(fmt.Sprintf("REPLY = unhexlify('%x')\nfuzz(%d)", reply, how%4))
}

// FuzzReply holds the client to this, whatever a server says: it comes to an end,
// raises only what is documented, closes its socket, and sends nothing but requests.
// (Go sees no coverage of the board, so: -fuzzminimizetime 1x.)
func FuzzReply(f *testing.F) {
	for _, seed := range seeds {
		for how := range byte(4) {
			f.Add([]byte(seed), how)
		}
	}
	board := newClient(f, "1.29")
	board.exec(replay)
	f.Fuzz(func(t *testing.T, reply []byte, how byte) {
		board.t = t
		if got := board.feed(reply, how); !documented.MatchString(got) {
			t.Errorf("%s", got)
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
		"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Location: /x\r\n", "5\r\nhello\r\n", "0\r\n\r\n", `{"a":`, strings.Repeat("x", 600), strings.Repeat("A: b\r\n", 70),
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
		if got := board.feed([]byte(reply), rapid.Byte().Draw(t, "how")); !documented.MatchString(got) {
			t.Fatalf("%s\nafter %q", got, reply)
		}
	})
}
