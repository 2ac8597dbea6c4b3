//go:build peers

package firmware_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// endure makes n requests on a heap of an ESP8266's size, of which each ends in
// another way than the one before it, and tells of every socket that is left open
// (they are held, so that no finalizer can close them) and how the heap has grown
// between the first round of outcomes but one and the last.
const endure = `
import gc, socket
from espy import requests

made = []

class Sockets:
    SOCK_STREAM = socket.SOCK_STREAM
    getaddrinfo = socket.getaddrinfo

    def socket(*a):
        made.append(socket.socket(*a))
        return made[-1]

requests.socket = Sockets

def once(path, **options):
    try:
        with requests.get('URL' + path, **options) as r:
            return r.status_code, len(r.content)
    except requests.RequestError as e:
        return type(e).__name__

WANT = (
    ('/ok', (200, 1024)), ('/chunks', (200, 5)), ('/404', (404, 2)), ('/505', (505, 2)), ('/cut', 'IncompleteRead'), ('/reset', 'RequestError'),
    ('/silent', 'Timeout'), ('/loop', 'TooManyRedirects'), ('/junk', 'ProtocolError'), ('/long', 'TooLarge'),
)

def around(options):
    for path, want in WANT:
        got = once(path, timeout=0.02 if path == '/silent' else 10, **options)
        if got != want:
            print(path, 'ended in', got)
        for s in made:
            try:
                s.settimeout(1)
                print(path, 'left a socket open')
            except OSError:
                pass
        made.clear()

def used():
    gc.collect()
    return gc.mem_alloc()

rounds = N // len(WANT)
for i in range(rounds):
    around({} if i % 2 else {'http_version': '1.0'})
    if i == 3:
        before = used()
print('grown by', used() - before)
`

// serveOutcomes answers each path of endure in its way, and hears until the client
// has closed.
func serveOutcomes(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	replies := map[string]string{
		"/ok":     album,
		"/chunks": ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"/404":    "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
		"/505":    "HTTP/1.1 505 HTTP Version Not Supported\r\nContent-Length: 2\r\n\r\nno",
		"/cut":    ok + "Content-Length: 1000\r\n\r\nhello",
		"/reset":  ok + "Content-Le",
		"/silent": ok,
		"/loop":   "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n",
		"/junk":   ok + "no colon\r\n\r\n",
		"/long":   ok + "Transfer-Encoding: chunked\r\n\r\n5;" + strings.Repeat("y", 2000),
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_ = conn.SetDeadline(time.Now().Add(patience))
				buf := make([]byte, 4096)
				n, err := conn.Read(buf) // a head of one segment
				if err != nil {
					return
				}
				path := strings.Fields(string(buf[:n]))[1]
				fmt.Fprint(conn, replies[path])
				switch path {
				case "/reset":
					_ = conn.(*net.TCPConn).SetLinger(0)
					return
				case "/cut":
					_ = conn.(*net.TCPConn).CloseWrite()
				}
				for err == nil {
					_, err = conn.Read(buf)
				}
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// esp8266 is a heap with 38 KiB free, as MicroPython gives itself on an ESP8266.
const esp8266 = 40 << 10

func endureFor(t testing.TB, n int) {
	t.Helper()
	p := newInterpreter(t)
	p.url = serveOutcomes(t)
	p.patience = time.Duration(n) * 50 * time.Millisecond
	out, err := p.run(esp8266, strings.Replace(endure, "N // len", fmt.Sprint(n)+" // len", 1))
	require.NoError(t, err)
	require.Equal(t, "grown by 0", out)
}

func TestPeerTheClientEnduresOnASmallHeap(t *testing.T) {
	t.Parallel()
	endureFor(t, 400)
}

// Ten thousand requests of mixed outcome on one board: no socket left open, and the
// heap where it was.
func BenchmarkPeerEndurance(b *testing.B) {
	for b.Loop() {
		endureFor(b, 10_000)
	}
	b.ReportMetric(10_000*float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
