package firmware_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// exhausted is what a board of its own has beside the prelude: a heap that has no byte
// left at the moment that a case is about, and no other.
const exhausted = `
import sys
from espy import _body, _gzip
def full(*a):
    raise MemoryError("memory allocation failed")
class Full:
    DeflateIO = load = loads = full
    GZIP = 3
def memory_error(f):
    made.clear()
    r = None
    try:
        r = f(None)
    except MemoryError:
        print("MemoryError, sockets open: %d" % left_open())
    else:
        print("returned", r)
`

// What there is no heap for while a body is read is a MemoryError, and the socket is
// closed at once: until the next collection it would be one of the few that a board has.
func TestABodyThatTheHeapHasNoRoomForClosesItsSocket(t *testing.T) {
	t.Parallel()
	c := newClient(t, "1.29")
	c.exec(exhausted)
	chunked := "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("3\r\nhel\r\n", 10)
	coded := "Content-Encoding: gzip\r\nContent-Length: 5000\r\n\r\n" + strings.Repeat("x", 1000)
	get := "requests.get(url, headers={'Accept-Encoding': 'gzip'})"
	for _, r := range []struct{ name, fails, body, call string }{
		{"small chunks that become one", "_body.bytearray = full", chunked, "requests.get(url).content"},
		{"small chunks that are read", "_body.bytearray = full", chunked, "requests.get(url).read(20)"},
		{"the parts of a body", "_body.bytes = full", chunked, "requests.get(url).read(20)"},
		{"JSON that is not kept", "sys.modules['json'] = Full", chunked, "requests.get(url, stream=True).json()"},
		{"a decoder's window, in pieces", "sys.modules['deflate'] = Full", coded, "list(" + get + ".iter_content(100))"},
		{"a decoder's piece", "_gzip.bytearray = full", coded, "list(" + get + ".iter_content(100))"},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := &client{t: t, board: c.board, repl: c.repl}
			s := c.serve(reply{bytes: ok + r.body})
			c.exec("url = '" + s.url + "'")
			// The names of a module come before those of the language: they are taken back when it is over.
			got := c.exec(r.fails + "\nmemory_error(lambda _: " + r.call + ")\n" +
				"for m in (_body, _gzip):\n    for name in ('bytearray', 'bytes'):\n        m.__dict__.pop(name, None)\n" +
				"for name in ('json', 'deflate'):\n    sys.modules.pop(name, None)\n")
			s.stop()
			require.Equal(t, "MemoryError, sockets open: 0", got)
		})
	}
}

// What is loaded on use takes heap as well: where there is none, the response that asked
// for it is as good as closed.
func TestAModuleThatTheHeapHasNoRoomForClosesTheSocket(t *testing.T) {
	t.Parallel()
	for _, r := range []struct{ name, module, body, call string }{
		{"a redirect's", "_again", "Content-Length: 2\r\n\r\nhi", "requests.get(url)"},
		{"where it leads", "_reference", "Content-Length: 2\r\n\r\nhi", "requests.get(url)"},
		{"for content of no known length", "_body", "\r\nhi", "requests.get(url, allow_redirects=False).content"},
		{"for pieces", "_body", "Content-Length: 2\r\n\r\nhi", "requests.get(url, allow_redirects=False).iter_content()"},
		{"for JSON that is not kept", "_body", "Content-Length: 2\r\n\r\n[]", "requests.get(url, allow_redirects=False, stream=True).json()"},
		{"for a look at it", "_view", "Content-Length: 2\r\n\r\nhi", "requests.get(url, allow_redirects=False).headers"},
		{"for chunks", "_framing", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "requests.get(url, allow_redirects=False)"},
		{"for a head that is not plain", "_head", "X: y\n\r\n", "requests.get(url, allow_redirects=False)"},
		{"for a body that breaks off", "_odd", "Content-Length: 9\r\n\r\nhi", "requests.get(url, allow_redirects=False).content"},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			files := sources(t)
			files["/lib/espy/"+r.module+".py"] = []byte("raise MemoryError('memory allocation failed')\n")
			c := newClientWith(t, "1.29", files)
			c.exec(strings.Replace(exhausted, "from espy import _body, _gzip\n", "", 1))
			s := c.serve(reply{bytes: "HTTP/1.1 302 Found\r\nLocation: /x\r\n" + r.body})
			got := c.exec("url = '" + s.url + "'\nmemory_error(lambda _: " + r.call + ")")
			s.stop()
			require.Equal(t, "MemoryError, sockets open: 0", got)
		})
	}
}

// A connection that there is no heap to keep is closed; what came over it has been read.
func TestAConnectionThatTheHeapHasNoRoomForIsNotKept(t *testing.T) {
	t.Parallel()
	c := newClient(t, "1.29")
	c.exec(exhausted + "from espy import _deadline, _session\n")
	two := ok + "Content-Length: 2\r\n\r\nhi"
	s := c.serve(reply{bytes: two, hang: true}, reply{bytes: two, hang: true})
	require.Equal(t, "b'hi' 0 0", c.exec("url = '"+s.url+`'
made.clear()
s = requests.Session()
was, _session.select = _session.select, type("select", (), {"poll": full, "POLLIN": 1})
print(s.get(url).content, left_open(), len(s._idle))`))
	// Nor does one stay open that was kept, if there is none to use it.
	require.Equal(t, "b'hi' 1\nMemoryError, sockets open: 0", c.exec(`
_session.select = was
print(s.get(url).content, left_open())
kept = list(made)
_deadline.over = full
def again(_):
    made.extend(kept)
    return s.get(url, deadline=5)
memory_error(again)`))
	s.stop()
}
