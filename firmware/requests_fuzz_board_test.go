package firmware_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware/clienttest"
)

// scripted is what the fuzzer's board has beside the prelude. A server stands behind each
// socket that answers the n-th request with the n-th reply, in pieces of any size; it keeps
// what each connection was sent, request by request, and how far each reply was asked for.
const scripted = `
import json
from binascii import hexlify, unhexlify
from espy import _auto
CLOSE, STAY, RESET, VANISH, ABORT, GONE = range(6)
GOOD = [[b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", CLOSE, -1]]

class Turn:
    """A request on a connection. Offsets are those of the reply to it."""
    def __init__(self, conn):
        self.conn = conn
        self.sent = bytearray()
        self.asked = -1  # where the last operation began to read
        self.due = -1  # to where one that waits for all that it asks for wanted to read
        self.most = 0  # bytes that such a one asked for
        self.block = self.until = -1  # from where to where the last one wanted to read that takes what comes of a block
        self.read = 0

class Socket(io.IOBase):
    def __init__(self, *a):
        self.number = len(made)
        made.append(self)
        self.closed = False
        self.turn = self.reply = None
        self.data = b""
        self.at = 0
        self.end = STAY

    def settimeout(self, t):
        if self.closed:
            raise OSError(9)

    def connect(self, place):
        pass

    def ioctl(self, request, arg):
        if request != 3:
            return 0
        return arg & 1 if self.closed or self.at < len(self.data) or self.end in (CLOSE, RESET) else 0

    def write(self, data):
        global served
        data = data.encode() if isinstance(data, str) else bytes(data)
        if self.closed:
            raise OSError(9)
        if self.reply is None:
            if self.end in (ABORT, GONE):
                self.turn, self.end = Turn(self.number), GONE  # which is none
                raise OSError(104)
            self.turn = Turn(self.number)
            turns.append(self.turn)
            if self.end == VANISH:
                self.reply = (b"", CLOSE, -1)
            else:
                self.reply = replies[served % len(replies)]
                served += 1
            self.room = self.reply[2]
        elif self.room >= 0:
            if self.room < len(data):
                self.turn.sent.extend(data[: self.room])
                self.room = 0
                raise OSError(32)
            self.room -= len(data)
        self.turn.sent.extend(data)
        return len(data)

    send = write

    def waits(self, due):
        """Begin to read; how many bytes are at hand."""
        global operations
        operations += 1
        if self.closed:
            raise OSError(9)
        if operations > 50000:
            raise RuntimeError("it reads for ever")
        if self.reply is not None:
            self.data, self.end, _ = self.reply
            self.at = 0
            self.reply = None
        turn = self.turn
        turn.asked = self.at
        turn.due = max(turn.due, self.at + due)
        turn.most = max(turn.most, due)
        return len(self.data) - self.at

    def take(self, size):
        data = self.data[self.at : self.at + size]
        self.at += len(data)
        self.turn.read = self.at
        return data

    def late(self, had, error):
        """What comes of waiting at the end of the data."""
        self.take(len(self.data))
        if self.end == CLOSE:
            return had
        if self.end in (RESET, GONE):
            raise OSError(104)
        if soft:
            if error:
                raise OSError(error)
            return None
        raise OSError(110)

    def recv(self, size):
        assert size > 0
        left = self.waits(0)
        if size > 128:
            self.turn.block, self.turn.until = self.at, self.at + size
        return self.take(min(size, piece)) if left else self.late(b"", 11)

    def read(self, size):
        assert size >= 0
        left = self.waits(size)
        if size <= left:
            return self.take(size)
        return self.late(self.data[self.at :], 0)

    def readinto(self, buf):
        left = self.waits(len(buf))
        count = min(left, len(buf))
        buf[:count] = self.data[self.at : self.at + count]
        if count < len(buf):
            return self.late(count, 0)
        self.take(count)
        return count

    def readline(self, size):
        assert size > 0
        left = self.waits(0)
        end = self.data.find(b"\n", self.at, self.at + size) + 1
        if end or size <= left:
            return self.take(end - self.at if end else size)
        if soft and left and self.end != RESET:
            return self.take(left)
        return self.late(self.data[self.at :], 0)

    def close(self):
        self.closed = True

socket.socket = Socket
socket.getaddrinfo = lambda h, p, *a: [(2, 1, 0, '', (h, p))]

def in_hex(data):
    return str(hexlify(data.encode() if isinstance(data, str) else data), "ascii")

def digest(value):
    try:
        return in_hex(repr(value))
    except RuntimeError:
        return "deep"

def parsed(data):
    try:
        print(digest(json.loads(data)))
    except ValueError:
        print("ValueError")

def read(r, way, report):
    if way == 0:
        report["body"] = in_hex(r.content)
        assert r.content is r.content
    elif way in (2, 3):
        report["json"] = digest(r.json())
    elif way == 4:
        report["text"] = in_hex(r.text)
    elif way in (1, 5, 6, 8):
        report["pieces"] = pieces = bytearray()
        if way in (1, 8):
            size = 7 if way == 1 else 512
            for data in r.iter_content(size):
                assert 0 < len(data) <= size
                pieces.extend(data)
        elif way == 5:
            while True:
                data = r.read(5)
                if not data:
                    break
                pieces.extend(data)
        else:
            buf = bytearray(10)
            while True:
                n = r.readinto(buf)
                if not n:
                    break
                pieces.extend(buf[:n])
        report["body"] = in_hex(pieces)
    elif way == 7:
        report["body"] = in_hex(r.raw.read())
    elif way == 10:
        report["pieces"] = r.read(3)

def head(r):
    return {
        "status": r.status_code, "reason": in_hex(r.reason), "version": r.version, "asked": r.request_version,
        "history": [[h[0], h[1]] for h in r.history], "fields": [[in_hex(n), in_hex(v)] for n, v in r.headers.items()],
    }

NUMBERS = {"RequestError": None, "Timeout": 110, "ProtocolError": 71, "IncompleteRead": 104, "TooLarge": 90, "TooManyRedirects": 40}

def options(fields, user, body, version, limit, follow, deadline, way):
    kw = {}
    if fields:
        kw["headers"] = FIELDS[fields]
    if user:
        kw["auth"] = USERS[user]
    if body:
        kw.update(BODIES[body]())
    if version:
        kw["http_version"] = VERSIONS[version]
    if limit:
        kw["max_body"] = LIMITS[limit]
    if follow:
        kw["allow_redirects"] = False
    if deadline:
        kw["deadline"] = 1000
    if way == 3:
        kw["stream"] = True
    return kw

def one(session, method, url, fields, user, body, version, limit, follow, deadline, way):
    report = {"error": ""}
    r = None
    try:
        kw = options(fields, user, body, version, limit, follow, deadline, way)
        r = (session or requests).request(METHODS[method], PLACES[url], **kw)
        report["head"] = head(r)
        if r.status_code == 101:
            r.raw
        else:
            read(r, way, report)
        if way > 8 or r.status_code == 101:
            r.close()
    except requests.RequestError as e:
        report["error"] = kind = type(e).__name__
        number, said = e.args
        if NUMBERS[kind] not in (None, number) or not isinstance(number, int) or not said or str(e) != said:
            report["error"] = "%s with %r" % (kind, e.args)
    except ValueError as e:
        report["error"] = "ValueError"
        if way == 4 and r is not None:
            r.close()
    except MemoryError:
        report["error"] = "MemoryError"
    except Exception as e:
        report["error"] = repr(e)
    r = None
    if "pieces" in report:
        report["pieces"] = in_hex(report["pieces"])
    report["open"] = [s.number for s in made if not s.closed]
    report["turns"] = len(turns)
    return report

def run(script):
    global replies, served, soft, piece, operations
    held = gc.mem_alloc()
    kept, soft, piece, replies, calls = json.loads(script)
    for reply in replies:
        reply[0] = unhexlify(reply[0])
    made.clear()
    turns.clear()
    _auto._older.clear()
    served = operations = 0
    session = requests.Session() if kept else None
    saw = [one(session, *call) for call in calls]
    if session is not None:
        session.close()
    left = [s.number for s in made if not s.closed]
    told = [[t.conn, in_hex(t.sent), t.asked, t.due, t.most, t.read, t.block, t.until] for t in turns]
    replies, served, soft, piece = GOOD, 0, False, 512
    try:
        after = str(requests.get("http://h/y").content, "utf-8")
    except Exception as e:
        after = repr(e)
    replies = None
    made.clear()
    turns.clear()
    print(json.dumps([saw, told, left, after, held]))

turns = []
`

// script is one input of the fuzzer: what the server says, and what the program asks.
type script struct {
	session, soft bool
	piece         int
	replies       []clienttest.Scripted
	calls         []call
}

// call is a request of a script; its numbers are those of the tables in vocabulary.
type call struct {
	method, url, fields, user, body, version, limit, stays, deadline, way int
}

// report is what the program saw of one call.
type report struct {
	Error  string
	Head   *head
	Body   *string // in hex, like all that came off the wire
	Pieces *string
	Text   *string
	JSON   *string
	Open   []int // connections that were open then
	Turns  int   // requests that had been made by then
}

type head struct {
	Status         int
	Reason         string
	Version, Asked string
	History        [][2]any
	Fields         [][2]string
}

// turn is what the server saw of one request.
type turn struct {
	conn                   int
	sent                   []byte
	asked, due, most, read int
	block, until           int
}

// seen is all that is known of a script that was run.
type seen struct {
	reports []report
	turns   []turn
	left    []int  // connections that were open in the end
	after   string // the body of the request that was made next
	held    int    // bytes of heap that were taken when it began
}

// newFuzzed is a board that runs scripts, and has run one: the first request of a program imports.
func newFuzzed(t testing.TB, release string) *client {
	c := newClient(t, release)
	c.exec(scripted + vocabulary())
	return c
}

// run carries out a script on the board.
func (c *client) run(s script) seen {
	c.t.Helper()
	var replies, calls []any
	for _, r := range s.replies {
		replies = append(replies, []any{hex.EncodeToString(r.Bytes), r.End, r.Unread})
	}
	for _, k := range s.calls {
		calls = append(calls, []int{k.method, k.url, k.fields, k.user, k.body, k.version, k.limit, k.stays, k.deadline, k.way})
	}
	text, err := json.Marshal([]any{s.session, s.soft, s.piece, replies, calls})
	require.NoError(c.t, err)
	out := c.exec(fmt.Sprintf("run(unhexlify('%x'))", text))
	var saw seen
	var turns [][]any
	require.NoError(c.t, json.Unmarshal([]byte(out), &[]any{&saw.reports, &turns, &saw.left, &saw.after, &saw.held}), "%s", out)
	for _, v := range turns {
		n := func(i int) int { return int(v[i].(float64)) }
		sent, err := hex.DecodeString(v[1].(string))
		require.NoError(c.t, err)
		saw.turns = append(saw.turns, turn{conn: n(0), sent: sent, asked: n(2), due: n(3), most: n(4), read: n(5), block: n(6), until: n(7)})
	}
	return saw
}

// parse is what the board's own json makes of data: the digest of a value, or ValueError.
func (c *client) parse(data []byte) string {
	c.t.Helper()
	return strings.TrimSpace(c.exec(fmt.Sprintf("parsed(unhexlify('%s%x'))", strings.Repeat("20", 8), data)))
}
