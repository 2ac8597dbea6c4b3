package firmware_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/sim"
)

// album is 1 KiB of JSON under eight header fields, as a REST API sends it.
var album = "HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 22:47:44 GMT\r\nServer: nginx/1.22.1\r\n" +
	"Content-Type: application/json; charset=utf-8\r\nContent-Length: 1024\r\nConnection: close\r\n" +
	"Cache-Control: max-age=43200\r\nETag: W/\"124-yiKdLzqO5gfBrJFrcdJ8Yq0LGnU\"\r\nVary: Origin, Accept-Encoding\r\n\r\n" +
	`{"title": "` + strings.Repeat("a", 1024-13) + `"}`

// allocated is what an expression allocates on the board, in bytes: inside one
// execution this VM frees nothing, so the difference is exact.
func (c *client) allocated(names, expression string) int {
	c.t.Helper()
	out := c.exec(fmt.Sprintf("%s\nf = lambda: %s\nm = gc.mem_alloc()\nx = f()\nprint(gc.mem_alloc() - m)", names, expression))
	n, err := strconv.Atoi(out)
	require.NoError(c.t, err)
	return n
}

// The board's own sockets allocate as well, here more than a port's C code does: what
// they take is measured, and is not the client's.
func TestARequestAllocatesLittle(t *testing.T) {
	t.Parallel()
	for _, release := range endsOf(sim.Releases()) {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, release)
			s := c.serve(reply{}, reply{bytes: album}, reply{bytes: album})
			names := fmt.Sprintf(`url = %q
def connect():
    at = socket.getaddrinfo("127.0.0.1", %s, 0, socket.SOCK_STREAM)[0]
    s = socket.socket(at[0], at[1], at[2])
    s.connect(at[-1])
    s.close()`, s.url+"/albums/1", s.host()[strings.Index(s.host(), ":")+1:])
			own := c.allocated(names, "connect()")
			c.exec("requests.get(url).content") // the first request of a program imports
			got := c.allocated(names, "requests.get(url).content")
			s.stop()
			t.Logf("a GET of 1 KiB: %d bytes beyond the body, %d of them the socket's", got-1024, own)
			require.LessOrEqual(t, got, 1024+1600+own)
		})
	}
}

func TestABodyOfKnownLengthIsAllocatedOnce(t *testing.T) {
	t.Parallel()
	for _, size := range []int{8 << 10, 64 << 10} {
		t.Run(strconv.Itoa(size), func(t *testing.T) {
			t.Parallel()
			c := newClient(t, "1.29")
			s := c.serve(reply{bytes: fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", ok, size, strings.Repeat("x", size))})
			got := c.allocated(fmt.Sprintf("r = requests.get(%q)", s.url), "r.content")
			s.stop()
			t.Logf(".content of %d bytes allocates %d", size, got)
			require.Less(t, got, size*11/10)
		})
	}
}
