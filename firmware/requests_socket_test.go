package firmware_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// watched is a socket that notes what is asked of it, and writes no more at a time than it is let.
const watched = `
times = []
sizes = []
class Watched(Noted):
    most = 1000000
    def settimeout(self, t):
        times.append(t)
        super().settimeout(t)
    def write(self, data):
        sizes.append(len(data))
        return super().write(memoryview(data)[:Watched.most]) if Watched.most else None
def watch(f):
    times.clear()
    sizes.clear()
    made.clear()
    socket.socket = Watched
    try:
        it = f()
    except Exception as e:
        it = describe(e)
    finally:
        socket.socket = Noted
    return it
`

func (c *client) watch(replies []reply, code string) string {
	c.t.Helper()
	s := c.serve(replies...)
	got := c.exec(fmt.Sprintf("url = %q\n%s\nfor s in made:\n    s.close()", s.url, code))
	s.stop()
	return got
}

func TestAWaitIsLimitedBeforeItBegins(t *testing.T) {
	t.Parallel()
	c := newClient(t, "1.29")
	c.exec(watched)
	two := ok + "Content-Length: 2\r\n\r\nhi"
	for _, r := range []struct{ call, want string }{
		{"requests.get(url).content", "[10]"},
		{"requests.get(url, timeout=5).content", "[5]"},
		{"requests.get(url, timeout=0.5).content", "[0.5]"},
		{"requests.get(url, timeout=None).content", "[None]"},
		{"requests.head(url).content", "[10]"},
		{"requests.post(url).content", "[10]"},
		{"requests.request('POST', url, None, None, {}, False, None, 7).content", "[7]"},
		{"requests.Session().get(url).content", "[10]"},
		{"requests.Session().post(url).content", "[10]"},
		{"requests.Session(timeout=3).get(url, timeout=4).close()", "[4]"},
		{"requests.Session(timeout=3).get(url).close()", "[3]"},
		{"(s := requests.Session(), s.get(url, timeout=3).content, s.get(url).content)", "[3, 10]"},
		{"(s := requests.Session(), s.get(url).content, s.get(url, timeout=3).content, s.get(url).content)", "[10, 3, 10]"},
	} {
		require.Equal(t, r.want, c.watch([]reply{{bytes: two, more: []string{two, two}, hang: true}}, "watch(lambda: "+r.call+")\nprint(times)"), r.call)
	}
}

func TestASmallBodyTravelsWithItsHead(t *testing.T) {
	t.Parallel()
	c := newClient(t, "1.29")
	c.exec(watched)
	done := ok + "Content-Length: 0\r\n\r\n"
	for _, r := range []struct{ data, want string }{
		{"b'x' * 512", "1"},
		{"b'x' * 513", "2"},
		{"'x' * 513", "2"},
		{"{'a': 'x'}", "1"},
		{"io.BytesIO(b'x')", "2"},
		{"(c for c in (b'x', b'y'))", "4"}, // head, two chunks, the last one
	} {
		require.Equal(t, r.want, c.watch([]reply{{bytes: done}}, "watch(lambda: requests.post(url, data="+r.data+").close())\nprint(len(sizes))"), r.data)
	}
}

func TestASocketThatTakesLittleIsWrittenToOnAndOneThatTakesNothingIsLate(t *testing.T) {
	t.Parallel()
	c := newClient(t, "1.29")
	c.exec(watched)
	done := []reply{{bytes: ok + "Content-Length: 0\r\n\r\n"}}
	late := "Timeout 110: sending to URL: nothing came or went within the time allowed"
	for _, r := range []struct {
		most       int
		call, want string
	}{
		{7, "requests.post(url, data=b'x' * 600).status_code", "200"},
		{7, "requests.post(url, data=(c for c in (b'x' * 600,))).status_code", "200"},
		{7, "requests.get(url).content", late}, // a head that does not fit: there is no room for it on the board
		{7, "requests.Session().get(url).content", late},
		{0, "requests.get(url).content", late},
		{0, "requests.post(url, data=b'x').content", late},
	} {
		got := c.watch(done, fmt.Sprintf("Watched.most = %d\nit = watch(lambda: %s)\nprint(str(it).replace(url, 'URL'), left_open())", r.most, r.call))
		require.Equal(t, r.want+" 0", got, r.call)
	}
}
