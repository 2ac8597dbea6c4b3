//go:build peers

package firmware_test

import (
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/sim/unix"
)

// debianModule is the source of a module of micropython-lib, which Debian's package
// of MicroPython brings along in a patch: requests 0.10, from which the unix board is
// built, and mip 0.3.
func debianModule(t testing.TB, file string) []byte {
	t.Helper()
	dir, err := unix.BuildDir()
	require.NoError(t, err)
	archives, err := filepath.Glob(filepath.Join(filepath.Dir(dir), "micropython-*-source", "*.debian.tar.xz"))
	require.NoError(t, err)
	require.NotEmpty(t, archives, "make unix-board fetches it")
	patch, err := exec.Command("tar", "-xJOf", archives[0], "debian/patches/mip.patch").Output()
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(patch), file+"\n@@")
	require.True(t, found)
	text, _, _ := strings.Cut(rest, "\n--- ")
	var lines []string
	for _, m := range added.FindAllStringSubmatch(text+"\n", -1) {
		lines = append(lines, m[1])
	}
	return []byte(strings.Join(lines, ""))
}

// added is a line that a patch adds.
var added = regexp.MustCompile(`(?m)^\+(.*\n)`)

// rounds is how many requests a client makes in its turn, which is one execution (until
// its end a virtual board collects no garbage), and turns how many of them it has. Short
// turns let what else the machine does fall on all alike.
const (
	rounds = 10
	turns  = 10
)

// trial has a client make a request on a board of its own: what is no client, or hangs,
// does so there.
func trial(b *testing.B, client []byte) error {
	b.Helper()
	files := sources(b)
	files["/lib/yours.py"] = client
	c := newClientWith(b, "1.29", files)
	l, _, err := c.board.Listen(b.Context(), "main")
	require.NoError(b, err)
	return c.repl.Exec(b.Context(), "import yours\nr = yours.get('"+serveBodies(b, l)+"/json')\nr.json(), r.close()\n", io.Discard)
}

// The clients take turns on one virtual board, so that whatever else the machine
// does slows down both.
func BenchmarkPeerSpeed(b *testing.B) {
	files := sources(b)
	files["/lib/stock.py"] = debianModule(b, "/requests/requests/__init__.py")
	clients := []string{"bare", "stock", "requests", "session"}
	if mine := yours(b); mine != nil {
		files["/lib/yours.py"] = mine
	}
	c := newClientWith(b, "1.29", files)
	l, _, err := c.board.Listen(b.Context(), "main")
	require.NoError(b, err)
	url := serveBodies(b, l)
	setUp := c.exec(`
import json, time, stock
socket.socket = _socket # that of the prelude notes every socket
URL = "` + url + `/json"
session = requests.Session()
class bare: # no client at all: what is left where HTTP costs nothing
    HOST, PORT = URL[7:].split("/")[0].split(":")
    HEAD = b"GET /json HTTP/1.0\r\nHost: x\r\nConnection: close\r\n\r\n"
    def get(url):
        at = socket.getaddrinfo(bare.HOST, int(bare.PORT), 0, socket.SOCK_STREAM)[0]
        s = socket.socket(at[0], at[1], at[2])
        s.connect(at[-1])
        s.write(bare.HEAD)
        reply = s.read()
        s.close()
        r = bare()
        r.body = reply[-1024:]
        return r
    def json(self):
        return json.loads(self.body)
    def close(self):
        pass
def speed(get, n):
    t = time.ticks_us()
    for _ in range(n):
        r = get(URL)
        r.json()
        r.close()
    return time.ticks_diff(time.ticks_us(), t)
speed(stock.get, 1), speed(requests.get, 1), speed(session.get, 1)
`)
	require.Empty(b, setUp)
	if mine := yours(b); mine != nil && !cannot(b, "yours", "yours-requests/s", trial(b, mine)) {
		require.Empty(b, c.exec("import yours"))
		clients = append(clients, "yours")
	}
	spent := map[string]float64{}
	for b.Loop() {
		for range turns {
			for _, client := range clients {
				us, err := strconv.Atoi(c.exec(fmt.Sprintf("print(speed(%s.get, %d))", client, rounds)))
				require.NoError(b, err)
				spent[client] += float64(us)
			}
		}
	}
	made := float64(b.N * turns * rounds)
	b.ReportMetric(made/spent["bare"]*1e6, "bare-requests/s")
	b.ReportMetric(made/spent["stock"]*1e6, "stock-requests/s")
	b.ReportMetric(made/spent["requests"]*1e6, "espy-requests/s")
	b.ReportMetric(made/spent["session"]*1e6, "espy-session-requests/s")
	if spent["yours"] > 0 {
		b.ReportMetric(made/spent["yours"]*1e6, "yours-requests/s")
	}
	b.ReportMetric(spent["stock"]/spent["bare"], "times-as-fast-at-most")
	b.ReportMetric((spent["stock"]-spent["bare"])/(spent["requests"]-spent["bare"]), "times-as-fast-beyond-bare")
	b.ReportMetric(spent["stock"]/spent["requests"], "times-as-fast")
	b.ReportMetric(spent["stock"]/spent["session"], "times-as-fast-in-a-session")
	c.exec("session.close()")
}
