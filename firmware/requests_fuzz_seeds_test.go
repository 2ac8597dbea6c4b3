package firmware_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware/clienttest"
)

// packed is a reply in a content coding.
func packed(coding, data string, compressor func(io.Writer) io.WriteCloser) string {
	var out bytes.Buffer
	w := compressor(&out)
	fmt.Fprint(w, data)
	w.Close()
	return coded(coding, out.String())
}

// coded is a reply whose body says that it is in a content coding.
func coded(coding, body string) string {
	return fmt.Sprintf("%sContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", ok, coding, len(body), body)
}

// gzipped is a text of 450 bytes in gzip.
var gzipped = strings.SplitN(packed("gzip", strings.Repeat(`{"a": 1} `, 50), inGzip), "\r\n\r\n", 2)[1]

func inGzip(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }

func inZlib(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }

func inDeflate(w io.Writer) io.WriteCloser {
	f, _ := flate.NewWriter(w, flate.BestSpeed)
	return f
}

// two is the reply that most seeds end in, so that what comes behind them is seen as well.
const two = ok + "Content-Length: 2\r\n\r\nhi"

// seeds are replies for the fuzzer to start from: of every row of the tables of what a client
// must make of replies, which are named.
var seeds = []struct{ row, reply string }{
	{"1 KiB of JSON", album},
	{"505", refused},
	{"426", "HTTP/1.1 426 Upgrade Required\r\nUpgrade: HTTP/1.1\r\nContent-Length: 0\r\n\r\n"},
	{"HTTP/2", "HTTP/2 200\r\n\r\nx"},
	{"HTTP/2.0", "HTTP/2.0 200 OK\r\nContent-Length: 1\r\n\r\nx"},
	{"HTTP/1.7", "HTTP/1.7 200 OK\r\nContent-Length: 1\r\n\r\nx"},
	{"no reason", "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx"},
	{"an empty reason", "HTTP/1.0 404 \r\nContent-Length: 1\r\n\r\nx"},
	{"duplicates", ok + "Set-Cookie: a=1\r\nset-cookie: b=2\r\nX: \r\nContent-Length: 1\r\n\r\nx"},
	{"bare LF", "HTTP/1.1 200 OK\nX: y\nContent-Length: 1\n\nx"},
	{"obs-fold", ok + "X: a\r\n b\r\n\t\r\nContent-Length: \r\n 1\r\n\r\nx"},
	{"latin-1", ok + "X: \xe9\r\nContent-Length: 1\r\nContent-Type: text/plain; charset=ISO-8859-1\r\n\r\n\xe9"},
	{"a line without a colon", ok + "nonsense\r\nContent-Length: 1\r\n\r\nx"},
	{"no body", "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n"},
	{"not modified", "HTTP/1.1 304 Not\r\nTransfer-Encoding: chunked\r\n\r\n"},
	{"1xx", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + two},
	{"endless 1xx", strings.Repeat("HTTP/1.1 102 P\r\n\r\n", 9) + two},
	{"eight 1xx", strings.Repeat("HTTP/1.1 102 P\r\n\r\n", 8) + two},
	{"101", "HTTP/1.1 101 Go\r\nUpgrade: w\r\nConnection: Upgrade\r\n\r\nframes"},
	{"Content-Length 2 and 5", ok + "Content-Length: 2\r\nContent-Length: 5\r\n\r\nhello"},
	{"Content-Length twice", ok + "Content-Length: 3, 3\r\ncontent-length: 3\r\n\r\nabcd"},
	{"Content-Length -1", ok + "Content-Length: -1\r\n\r\nx"},
	{"Content-Length +1", ok + "Content-Length: +1\r\n\r\nx"},
	{"Content-Length of a vertical tab and 1", ok + "Content-Length: \v1\r\n\r\nx"},
	{"Content-Length of ten digits", ok + "Content-Length: 0000000002\r\n\r\nhi"},
	{"Content-Length of more than a heap", ok + "Content-Length: 1000000000\r\n\r\nhi"},
	{"Content-Length of too much", ok + "Content-Length: 1073741824\r\n\r\nhi"},
	{"Transfer-Encoding in capitals", ok + "TRANSFER-ENCODING: ,CHUNKED ,\r\n\r\n2\r\nhi\r\n0\r\n\r\n"},
	{"chunked and Content-Length", ok + "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"},
	{"chunked in 1.0", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"},
	{"Transfer-Encoding gzip", ok + "Transfer-Encoding: gzip\r\n\r\nx"},
	{"Transfer-Encoding gzip, chunked", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"},
	{"Transfer-Encoding xchunked", ok + "Transfer-Encoding: xchunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"},
	{"Transfer-Encoding of a vertical tab and chunked", ok + "Transfer-Encoding: \vchunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"},
	{"chunks", ok + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: v\r\n\r\n"},
	{"large chunks", ok + "Transfer-Encoding: chunked\r\n\r\n4ff\r\n" + strings.Repeat("x", 0x4ff) + "\r\n00201 ;y\n" + strings.Repeat("y", 0x201) + "\n0\r\n\r\n"},
	{"small chunks", ok + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1\r\nx\r\n", 40) + "0\r\n\r\n" + two},
	{"chunk -2", ok + "Transfer-Encoding: chunked\r\n\r\n-2\r\nhi\r\n0\r\n\r\n"},
	{"chunk 0x2", ok + "Transfer-Encoding: chunked\r\n\r\n0x2\r\nhi\r\n0\r\n\r\n"},
	{"a huge chunk", ok + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff2\r\nhi\r\n0\r\n\r\n"},
	{"junk after a chunk", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhill\r\n0\r\n\r\n"},
	{"a long chunk extension", ok + "Transfer-Encoding: chunked\r\n\r\n2;" + strings.Repeat("x", 1100) + "\r\nhi\r\n0\r\n\r\n"},
	{"truncated", ok + "Content-Length: 5\r\n\r\nhel"},
	{"a truncated chunk", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"},
	{"chunks without their end", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n"},
	{"a chunk without its line end", ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r"},
	{"truncated trailers", ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0\r\nX: "},
	{"a truncated head", "HTTP/1.1 200 OK\r\nX: y"},
	{"nothing", ""},
	{"301 to a place", to(301, "/y?z#w").bytes},
	{"302 without a body", "HTTP/1.1 302 Go\r\nLocation: ../y/./z/..\r\nContent-Length: 0\r\n\r\n"},
	{"302 beside it", to(302, "y:z").bytes},
	{"302 to a query", to(302, "?q%").bytes},
	{"302 to nowhere else", to(302, "").bytes},
	{"303 to another host", to(303, "//g:81/../x").bytes},
	{"307 to another port", to(307, "http://h:81/a/../b").bytes},
	{"307 to the same place by its port", to(307, "http://h:80").bytes},
	{"307 with credentials", to(307, "http://u:p@h/").bytes},
	{"308 to https", to(308, "https://h").bytes},
	{"308 to another scheme", to(308, "ftp://h/").bytes},
	{"308 to a control character", to(308, "/\x01").bytes},
	{"308 to a control character that dots take away", to(308, "/y/\x10/..").bytes},
	{"308 to latin-1", to(308, "/\xe9 \"<").bytes},
	{"308 to IPv6", to(308, "http://[::1]:8080/x").bytes},
	{"308 to a host that is none", to(308, "http://a^b/").bytes},
	{"two locations", "HTTP/1.1 302 Go\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"},
	{"gzip", packed("gzip", strings.Repeat(`{"a": 1} `, 50), inGzip)},
	{"gzip of JSON", packed("x-gzip", `{"a": 1}`, inGzip)},
	{"gzip with something behind it", coded("gzip", gzipped+"junk")},
	{"gzip until the end", ok + "Content-Encoding: gzip\r\n\r\n" + gzipped},
	{"gzip that breaks off", coded("gzip", gzipped[:len(gzipped)-12])},
	{"gzip that breaks off at once", coded("gzip", gzipped[:5])},
	{"gzip that is broken", coded("gzip", gzipped[:20]+"\xff\xff\xff\xff"+gzipped[24:])},
	{"gzip with another sum", coded("gzip", gzipped[:len(gzipped)-8]+"\x00\x01\x02\x03"+gzipped[len(gzipped)-4:])},
	{"gzip that says too little", coded("gzip", gzipped[:len(gzipped)-4]+"\x05\x00\x00\x00")},
	{"gzip that says too much", coded("gzip", gzipped[:len(gzipped)-4]+"\x05\x02\x00\x00")},
	{"gzip that is none", coded("gzip", "<html>")},
	{"deflate that is none", coded("deflate", "<html>")},
	{"zlib", packed("deflate", strings.Repeat("abc", 500), inZlib)},
	{"deflate", packed("Deflate", strings.Repeat("abc", 50), inDeflate)},
	{"a bomb", packed("gzip", strings.Repeat("x", 70_000), inGzip)},
	{"nothing in gzip", ok + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
	{"kept in 1.0", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\n[]"},
	{"not kept in 1.0", "HTTP/1.0 200 OK\r\nContent-Length: 29\r\n\r\n{}\nConnection: keep-alive\r\n  "},
	{"not kept", ok + "Connection: x, CLOSE\r\nContent-Length: 2\r\n\r\n[]"},
	{"kept with other words", ok + "Connection: x-close\r\nContent-Length: 2\r\n\r\n[]"},
	{"JSON with a NUL", ok + "Content-Length: 6\r\n\r\n[1]\x00[]"},
	{"JSON that is none", ok + "Content-Length: 6\r\n\r\n[1, 2,"},
	{"JSON in chunks", ok + "Content-Type: application/json; charset=utf-16\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n3\r\n 2]\r\n0\r\n\r\n"},
	{"bytes that nobody asked for", two + two},
	{"a header too large", ok + strings.Repeat("X: "+strings.Repeat("a", 995)+"\r\n", 9) + "\r\n"},
	{"a line too long", ok + "X: " + strings.Repeat("a", 5000) + "\r\n\r\n"},
	{"600 headers", ok + strings.Repeat("X: y\r\n", 600) + "\r\n"},
	{"64 headers", ok + "Content-Length: 2\r\n" + strings.Repeat("X: y\r\n", 63) + "\r\nhi"},
	{"bare CR", ok + "X: a\rb\r\nContent-Length: 2\r\n\r\nhi"},
	{"NUL in a field", ok + "X: a\x00b\r\nContent-Length: 2\r\n\r\nhi"},
	{"a space before the colon", ok + "X : a\r\nContent-Length : 2\r\n\r\nhi"},
	{"status 20", "HTTP/1.1 20 OK\r\n\r\n"},
	{"status 2000", "HTTP/1.1 2000 OK\r\n\r\n"},
	{"status 099", "HTTP/1.1 099 OK\r\n\r\n"},
	{"ICY", "ICY 200 OK\r\n\r\n"},
	{"no status line", "<html>\r\n\r\n"},
}

// plan writes a script down as the bytes that readScript reads.
func (s script) plan() (plan []byte, replies [][]byte) {
	bit := map[bool]byte{true: 1}
	pieces := map[int]byte{512: 0, 1: 1, 7: 2, 100: 3}
	plan = []byte{bit[s.session], bit[s.soft], pieces[s.piece], byte(len(s.calls) - 1), byte(len(s.replies) - 1)}
	for _, r := range s.replies {
		plan = append(plan, byte(r.End), byte((r.Unread+1)/8))
		replies = append(replies, r.Bytes)
	}
	for _, k := range s.calls {
		for _, n := range []int{k.way, k.fields, k.version, k.method, k.url, k.body, k.user, k.limit, k.stays, k.deadline} {
			plan = append(plan, byte(n))
		}
	}
	return plan, replies
}

// madeUp is a script about a reply, made with that chance; every second of them changes the reply.
func madeUp(chance *rand.Rand, number int) script {
	pick := func(n int, most float64) int { // mostly 0
		if chance.Float64() < most {
			return 0
		}
		return chance.IntN(n)
	}
	s := script{session: chance.IntN(2) == 0, soft: chance.IntN(4) == 0, piece: []int{512, 1, 7, 100}[chance.IntN(4)]}
	for i := range 1 + chance.IntN(3) {
		r := []byte(seeds[chance.IntN(len(seeds))].reply)
		if i == 0 {
			r = []byte(seeds[number%len(seeds)].reply)
		}
		if chance.IntN(2) == 0 && number >= len(seeds) {
			r = changed(chance, r)
		}
		if len(r) > 700 { // byte by byte it would take longer than all others
			s.piece = max(s.piece, 100)
		}
		s.replies = append(s.replies, clienttest.Scripted{Bytes: r, End: clienttest.End(pick(int(clienttest.Ends), .2)), Unread: pick(100, .9)*8 - 1})
	}
	if chance.IntN(3) > 0 { // what is behind it is read
		s.replies = append(s.replies[:min(len(s.replies), 2)], clienttest.Scripted{Bytes: []byte(two), End: clienttest.Stay, Unread: -1})
	}
	for range 1 + chance.IntN(3) {
		s.calls = append(s.calls, call{
			method: pick(len(methods), .6), url: pick(len(urls), .7), fields: pick(len(fields), .6), user: pick(len(users), .8), body: pick(len(bodies), .5),
			version: chance.IntN(len(versions)), limit: pick(len(limits), .8), stays: pick(2, .9), deadline: pick(2, .8), way: chance.IntN(ways),
		})
	}
	return s
}

var splinters = []string{
	"\r\n", "\n", "\r", "\x00", " ", "\t", "\v", ":", "::", ";", ",", "0", "-1", "ffffffff", "\xff", "HTTP/1.1 ", "HTTP/1.0 505 X\r\n\r\n", "HTTP/1.1 100 C\r\n\r\n",
	"Content-Length: 5\r\n", "content-length:2\r\n", "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n", "Connection: keep-alive\r\n", "Connection: close\r\n",
	"Location: /x\r\n", "Location: //g", "5\r\nhello\r\n", "0\r\n\r\n", `{"a":`, "x\r\n", "X-Y: z\r\n", strings.Repeat("x", 600), strings.Repeat("A: b\r\n", 63),
}

// changed is a reply that was mutated in a place or a few.
func changed(chance *rand.Rand, reply []byte) []byte {
	for range 1 + chance.IntN(3) {
		at := chance.IntN(len(reply) + 1)
		if head := bytes.Index(reply, []byte("\r\n\r\n")); head > 0 && chance.IntN(2) == 0 {
			at = chance.IntN(head + 4)
		}
		gone := min(chance.IntN(9), len(reply)-at)
		if chance.IntN(2) == 0 {
			gone = 0
		}
		reply = append(append(append([]byte{}, reply[:at]...), splinters[chance.IntN(len(splinters))]...), reply[at+gone:]...)
	}
	if chance.IntN(4) == 0 {
		reply = reply[:chance.IntN(len(reply)+1)]
	}
	return reply
}

// directed are scripts about what chance seldom meets: a connection that waits and is not what
// it was, whatever is asked on it; each redirect and refused version, with each body and secret;
// what breaks off in silence, read in each way.
func directed() (scripts []script) {
	reply := func(text string, end clienttest.End) clienttest.Scripted {
		return clienttest.Scripted{Bytes: []byte(text), End: end, Unread: -1}
	}
	for end := range clienttest.Ends {
		for n, method := range []int{0, 1, 2, 3, 5} {
			for _, body := range []int{0, 1, 7, 8, 10} {
				again := call{method: method, body: body, version: n % len(versions), way: n}
				scripts = append(scripts, script{session: true, piece: 512, replies: []clienttest.Scripted{
					reply(two, end), reply([]string{two, "", "HTTP/1.1 2", ok + "X: y"}[body%4], end),
				}, calls: []call{{}, again, {}}})
			}
		}
	}
	for n, row := range seeds {
		if strings.Contains(row.row, "truncated") || strings.Contains(row.row, "without") {
			for way := range ways {
				scripts = append(scripts, script{soft: true, piece: 512, replies: []clienttest.Scripted{reply(row.reply, clienttest.Stay)}, calls: []call{{way: way}, {way: way, fields: 3}}})
			}
		}
		if strings.Contains(row.row, "gzip") || strings.Contains(row.row, "deflate") || row.row == "zlib" || row.row == "a bomb" {
			for _, way := range []int{0, 1, 3} {
				for limit := range 3 {
					scripts = append(scripts, script{piece: 512, replies: []clienttest.Scripted{reply(row.reply, clienttest.Close)}, calls: []call{{way: way, fields: 1, limit: limit}}})
				}
			}
		}
		if status := strings.TrimPrefix(row.reply, "HTTP/1.1 "); !strings.HasPrefix(status, "30") && !strings.HasPrefix(status, "505") && !strings.HasPrefix(status, "426") {
			continue
		}
		for method := range 4 {
			for _, body := range []int{0, 6, 8, 10} {
				k := call{method: method, body: body, fields: []int{2, 0, 4, 5}[(n+body)%4], user: method % 2, version: 1 + n%3}
				scripts = append(scripts, script{session: n%2 == 0, piece: 512, replies: []clienttest.Scripted{reply(row.reply, clienttest.Stay), reply(two, clienttest.Stay)}, calls: []call{k, {version: 3}, {version: 3}}})
			}
		}
	}
	return scripts
}

// FuzzReply holds the client to its promises, whatever servers say and programs ask.
// go test -run '^$' -fuzz FuzzReply -fuzzminimizetime 1x -parallel 1 ./firmware
func FuzzReply(f *testing.F) {
	scripts := directed()
	chance := rand.New(rand.NewPCG(9110, 9112))
	for n := range 7 * len(seeds) {
		scripts = append(scripts, madeUp(chance, n))
	}
	for _, s := range scripts {
		plan, replies := s.plan()
		replies = append(replies, nil, nil)
		f.Add(plan, replies[0], replies[1], replies[2])
	}
	board := newFuzzed(f, "1.29")
	f.Fuzz(func(t *testing.T, plan, first, second, third []byte) {
		board.t = t
		s := readScript(plan, [][]byte{first, second, third})
		if wrong := board.wrong(s); wrong != "" {
			t.Errorf("%s\nin %s", wrong, s)
		}
	})
}

func (s script) String() string {
	text := fmt.Sprintf("session %t, soft %t, pieces of %d", s.session, s.soft, s.piece)
	for i, r := range s.replies {
		text += fmt.Sprintf("\nreply %d, then %s, unread %d: %s", i, []string{"close", "stay", "reset", "vanish", "abort"}[r.End], r.Unread, shown(r.Bytes))
	}
	for _, k := range s.calls {
		text += "\n" + k.String()
	}
	return text
}

// shown is a reply, without the middle of a long one.
func shown(reply []byte) string {
	if len(reply) < 1000 {
		return fmt.Sprintf("%q", reply)
	}
	return fmt.Sprintf("%q... %d bytes ...%q", reply[:600], len(reply), reply[len(reply)-200:])
}

func (k call) String() string {
	text := fmt.Sprintf("%s %s in %s, fields %q", methods[k.method], urls[k.url], versions[k.version], fields[k.fields])
	if k.body > 0 {
		text += ", " + bodies[k.body].python
	}
	way := []string{"content", "iter_content(7)", "json()", "json(), stream=True", "text", "read(5)", "readinto()", "raw.read()", "iter_content(512)", "close()", "read(3), close()"}[k.way]
	return fmt.Sprintf("%s, user %d, max_body %d, stays %d, deadline %d: %s", text, k.user, limits[k.limit], k.stays, k.deadline, way)
}

// Whatever was read, and however it ended, nothing of it is kept: the same scripts once more
// take no more heap.
func TestNoReplyStaysInTheHeap(t *testing.T) {
	t.Parallel()
	board := newFuzzed(t, "1.24")
	held := func() int {
		chance := rand.New(rand.NewPCG(7231, 7230))
		for n := range 70 {
			s := madeUp(chance, n)
			if wrong := board.wrong(s); wrong != "" {
				t.Fatalf("%s\nin %s", wrong, s)
			}
		}
		bytes, err := strconv.Atoi(board.exec("gc.collect()\nprint(gc.mem_alloc())"))
		require.NoError(t, err)
		return bytes
	}
	held() // which loads all modules, and is what the lists of the board's own server grow by
	first := held()
	if grown := held() - first; grown > 0 {
		t.Errorf("70 scripts leave %d bytes in the heap", grown)
	}
}
