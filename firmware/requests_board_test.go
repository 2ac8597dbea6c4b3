package firmware_test

// The client is tested where it runs: a virtual board executes the files of
// firmware/espy, a raw listener plays the server byte for byte. This file is the
// rig; the tables that use it are in the other requests_*_test.go files.

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/certs"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
)

// patience bounds every wait of the rig; nothing that works comes near it.
const patience = time.Minute

// prelude is what the board has before a case. A socket that the client leaves
// open is found on the board itself, where its finalizer cannot hide it.
const prelude = `
import array, gc, io, socket
from espy import requests
made = []
_socket = socket.socket
class Noted(_socket):
    def __init__(self, *a):
        super().__init__(*a)
        made.append(self)
socket.socket = Noted

def describe(e):
    if isinstance(e, requests.RequestError):
        assert e.errno == e.args[0] and len(e.args) == 2, e.args
        return "%s %d: %s" % (type(e).__name__, e.args[0], e.args[1])
    return "%s: %s" % (type(e).__name__, e)

def left_open():
    n = 0
    for s in made:
        try:
            s.settimeout(1)
            n += 1
        except OSError:
            pass
    return n

# Whether the server has ended a connection by now, or does so soon.
def ended(s):
    import select
    p = select.poll()
    p.register(s, select.POLLIN)
    return len(list(p.poll(20000))) > 0

def close(r):
    if isinstance(r, requests.Response):
        r.close()

# A file that gives these pieces, raising those that are errors. It can seek if it has a length.
class Pieces:
    def __init__(self, *pieces, length=None):
        self.pieces = list(pieces)
        self.length = length
        self.at = 0
    def read(self, n):
        piece = self.pieces.pop(0)
        if isinstance(piece, Exception):
            raise piece
        return piece
    def each(self):
        while True:
            yield self.read(0)
    def tell(self):
        if self.length is None:
            raise OSError(29)
        return self.at
    def seek(self, at, whence=0):
        self.at = self.length if whence else at

# What f raises, as a program would show it.
def error(f):
    try:
        return f()
    except Exception as e:
        return str(e)

def inside(r):
    with r:
        1 // 0

# The last byte of a body closes the socket, and so does an error of the exchange:
# unread are the sockets that are open for another reason. close() leaves none.
def case(call, see, unread):
    made.clear()
    r = None
    try:
        r = call()
        print(repr(see(r)))
    except Exception as e:
        print("raises", describe(e))
    n = left_open()
    if n != unread:
        print("sockets open: %d" % n)
    close(r)
    if left_open():
        print("close() left a socket open")
`

// client is a board with the firmware on it, and the prelude run.
type client struct {
	t     testing.TB
	board *sim.Board
	repl  *repl.REPL
}

func newClient(t testing.TB, release string) *client {
	t.Helper()
	return newClientWith(t, release, sources(t))
}

func newClientWith(t testing.TB, release string, files map[string][]byte) *client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	spec, err := sim.Parse("sim:" + release)
	require.NoError(t, err)
	b, err := sim.New(ctx, spec, files)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	u, err := b.Open(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { u.Close() })
	c := &client{t: t, board: b, repl: repl.New(b.Name(), u, repl.Options{})}
	require.NoError(t, c.repl.Enter(ctx))
	require.Empty(t, c.exec(prelude))
	return c
}

// sources reads the client's files as they are in the tree: it runs without the agent.
func sources(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	names, err := filepath.Glob("espy/*.py")
	require.NoError(t, err)
	for _, name := range names {
		if filepath.Base(name) == "agent.py" {
			continue
		}
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		files["/lib/"+filepath.ToSlash(name)] = source
	}
	return files
}

// exec runs code on the board and gives what it printed, in LF lines.
func (c *client) exec(code string) string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	var out bytes.Buffer
	require.NoError(c.t, c.repl.Exec(ctx, code, &out), "board printed: %s", out.String())
	return strings.TrimRight(strings.ReplaceAll(out.String(), "\r\n", "\n"), "\n")
}

// ask runs one case: call is an expression that yields a Response, r; see is what is
// looked at of it.
func (c *client) ask(names, call, see string, unread int) string {
	c.t.Helper()
	return c.exec(fmt.Sprintf("%s\ncase(lambda: %s, lambda r: (%s), %d)\n", names, call, see, unread))
}

// server answers the n-th connection with the n-th reply, whatever is asked. HOST in
// a reply is its own authority, PORT its port.
type server struct {
	t       testing.TB
	l       net.Listener
	url     string
	replies []reply
	ended   chan struct{}

	mu   sync.Mutex
	sent []string
	open sync.WaitGroup
}

// reply is what a connection gets. The request is read first, head and body.
type reply struct {
	bytes  string
	more   []string      // the replies to what is asked next on the same connection
	hang   bool          // the connection stays open after the reply
	reset  bool          // or it is reset
	unread bool          // the reply comes, and the connection ends, before the body is read
	drip   time.Duration // the reply is repeated at this pace, for as long as the client takes it
	cert   string        // the connection is TLS, with a certificate of this kind of package plan
}

// authority is what has issued the certificates; the board knows it as ca.
var authority = sync.OnceValue(func() *certs.Authority {
	a, err := certs.New(time.Now())
	if err != nil {
		panic(err)
	}
	return a
})

func (c *client) serve(replies ...reply) *server {
	c.t.Helper()
	l, host, err := c.board.Listen(c.t.Context(), "main")
	require.NoError(c.t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(c.t, err)
	s := &server{t: c.t, l: l, url: "http://" + net.JoinHostPort(host, port), replies: replies, ended: make(chan struct{})}
	go s.accept()
	return s
}

func (s *server) host() string { return strings.TrimPrefix(s.url, "http://") }

func (s *server) port() string { return s.url[strings.LastIndex(s.url, ":")+1:] }

func (s *server) accept() {
	defer close(s.ended)
	for n := 0; ; n++ {
		conn, err := s.l.Accept()
		if err != nil {
			return
		}
		r := reply{}
		if n < len(s.replies) {
			r = s.replies[n]
			r.bytes = strings.ReplaceAll(r.bytes, "HOST", s.host())
			r.bytes = strings.ReplaceAll(r.bytes, "PORT", s.port())
			r.more = slices.Clone(r.more)
			for i := range r.more {
				r.more[i] = strings.ReplaceAll(r.more[i], "HOST", s.host())
			}
		}
		s.mu.Lock()
		s.sent = append(s.sent, "")
		s.mu.Unlock()
		s.open.Go(func() { s.answer(s.secured(conn.(*net.TCPConn), r.cert), conn.(*net.TCPConn), n, r) })
	}
}

// stream is a connection, or TLS over it.
type stream interface {
	net.Conn
	CloseWrite() error
}

func (s *server) secured(conn *net.TCPConn, cert string) stream {
	if cert == "" {
		return conn
	}
	host, _, _ := net.SplitHostPort(s.host())
	config, err := authority().Config(plan.TLS{Cert: cert}, nil, host)
	if err != nil {
		s.t.Error(err)
	}
	return tls.Server(conn, config)
}

func (s *server) answer(conn stream, tcp *net.TCPConn, n int, r reply) {
	defer tcp.Close()
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if !s.read(conn, n, r.unread) {
		return
	}
	if r.drip > 0 {
		tick := time.NewTicker(r.drip)
		defer tick.Stop()
		for range tick.C {
			if _, err := conn.Write([]byte(r.bytes)); err != nil {
				return
			}
		}
	}
	if _, err := conn.Write([]byte(r.bytes)); err != nil {
		return
	}
	for _, next := range r.more {
		if !s.read(conn, n, false) {
			return
		}
		if _, err := conn.Write([]byte(next)); err != nil {
			return
		}
	}
	switch {
	case r.unread:
		return
	case r.reset:
		_ = tcp.SetLinger(0)
		return
	case !r.hang:
		_ = conn.CloseWrite()
	}
	rest, err := io.ReadAll(conn)
	s.note(n, string(rest))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		s.t.Errorf("connection %d: the client did not close it", n)
	}
}

var framing = regexp.MustCompile(`(?i)\r\n(?:content-length: *(\d+)|(transfer-encoding): *chunked)\r\n`)

// read reads one request and notes it. It tells whether there was one.
func (s *server) read(conn net.Conn, n int, headAlone bool) bool {
	var got []byte
	defer func() { s.note(n, string(got)) }()
	until := func(enough func() bool) bool {
		buf := make([]byte, 4096)
		for !enough() {
			k, err := conn.Read(buf)
			got = append(got, buf[:k]...)
			if err != nil {
				return enough()
			}
		}
		return true
	}
	end := func() int { return bytes.Index(got, []byte("\r\n\r\n")) + 4 }
	if !until(func() bool { return end() > 3 }) || headAlone {
		return headAlone
	}
	m := framing.FindSubmatch(got[:end()])
	switch {
	case m == nil:
		return true
	case len(m[2]) > 0:
		return until(func() bool {
			return bytes.HasSuffix(got, []byte("\r\n0\r\n\r\n")) || string(got[end():]) == "0\r\n\r\n"
		})
	default:
		length, _ := strconv.Atoi(string(m[1]))
		return until(func() bool { return len(got) >= end()+length })
	}
}

func (s *server) note(n int, got string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent[n] += got
}

// stop ends the server once the client has closed all its connections, and gives
// what each of them sent, with HOST for the server's own authority, and PORT.
func (s *server) stop() []string {
	s.t.Helper()
	s.l.Close()
	<-s.ended
	s.open.Wait()
	for i := range s.sent {
		s.sent[i] = strings.NewReplacer(s.host(), "HOST", ":"+s.port(), ":PORT").Replace(s.sent[i])
	}
	return s.sent
}

// row is one exchange: what the server says, what the client is asked, and what
// is to be seen of it. In call and see, url and requests are at hand.
type row struct {
	name    string
	reply   string  // the only reply; or
	replies []reply // one for each connection
	call    string  // default: requests.get(url + '/x')
	see     string  // default: r.status_code, r.content
	want    string  // as Python prints it; "raises KIND ERRNO: " and the start of a message
	sent    []string
	unread  int // sockets that are open in the end, since nobody has read or closed what is behind them
}

// check runs the rows on the oldest and the newest release.
func check(t *testing.T, rows []row) {
	t.Helper()
	for _, release := range endsOf(sim.Releases()) {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, release)
			for _, r := range rows {
				t.Run(r.name, func(t *testing.T) {
					c := &client{t: t, board: c.board, repl: c.repl}
					c.check(r)
				})
			}
		})
	}
}

func endsOf(releases []string) []string { return []string{releases[0], releases[len(releases)-1]} }

func (c *client) check(r row) {
	c.t.Helper()
	replies := slices.Clone(r.replies)
	if r.reply != "" {
		replies = []reply{{bytes: r.reply}}
	}
	call, see := r.call, r.see
	if call == "" {
		call = "requests.get(url + '/x')"
	}
	if see == "" {
		see = "r.status_code, r.content"
	}
	other := c.serve(reply{bytes: "HTTP/1.1 200 OK\r\n\r\nother"})
	for i := range replies {
		replies[i].bytes = strings.ReplaceAll(replies[i].bytes, "OTHER", other.host())
	}
	s := c.serve(replies...)
	names := fmt.Sprintf("url = %q; other = %q; host = %q; ca = %s", s.url, other.url, s.host(), pyBytes(string(authority().DER())))
	got := c.ask(names, call, see, r.unread)
	got = strings.NewReplacer(s.host(), "HOST", other.host(), "OTHER").Replace(got)
	sent := append(append([]string{}, s.stop()...), other.stop()...)
	if strings.HasPrefix(r.want, "raises ") && strings.HasPrefix(got, r.want) && !strings.Contains(got, "\n") {
		got = r.want
	}
	if diff := cmp.Diff(r.want, got); diff != "" {
		c.t.Errorf("what the program saw (-want +got):\n%s", diff)
	}
	if r.sent == nil {
		return
	}
	if diff := cmp.Diff(r.sent, sent); diff != "" {
		c.t.Errorf("what the servers got (-want +got):\n%s", diff)
	}
}
