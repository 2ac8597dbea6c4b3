//go:build peers

package firmware_test

// What the client costs the heap of a 32-bit board, and that of the requests 0.10
// which is frozen on it: on the unix port itself, without a REPL or an agent, as a
// program's own main.py would have it.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/sim/unix"
)

// interpreter is a 32-bit MicroPython whose flash has the client as .mpy.
type interpreter struct {
	t     testing.TB
	dir   string
	cross string
	exe   string
	url   string // of a server of replies

	patience time.Duration
}

const ours = "from espy import requests"

func newInterpreter(t testing.TB) *interpreter {
	t.Helper()
	cross, err := unix.Compiler()
	require.NoError(t, err)
	b, err := firmware.Compile(t.Context(), cross)
	require.NoError(t, err)
	p := &interpreter{t: t, dir: t.TempDir(), cross: cross, exe: filepath.Join(filepath.Dir(cross), "micropython"), patience: patience}
	require.NoError(t, b.WriteTo(p.dir))
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	p.url = serveBodies(t, l)
	return p
}

// serveBodies answers /json with 1 KiB of JSON and /bytes/N with N bytes, under
// eight header fields, and closes where it is asked to.
func serveBodies(t testing.TB, l net.Listener) string {
	t.Helper()
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for answerBody(conn) {
				}
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// answerBody answers one request. It tells whether there may be another.
func answerBody(conn net.Conn) bool {
	var got []byte
	buf := make([]byte, 4096)
	for !bytes.Contains(got, []byte("\r\n\r\n")) {
		n, err := conn.Read(buf)
		if err != nil {
			return false
		}
		got = append(got, buf[:n]...)
	}
	closes := bytes.Contains(got, []byte("Connection: close")) || bytes.Contains(got, []byte(" HTTP/1.0\r\n"))
	answer := answers()[closes]
	var size int
	if bytes.HasPrefix(got, []byte("GET /bytes/")) {
		_, _ = fmt.Sscanf(string(got), "GET /bytes/%d", &size)
		answer = answerWith(strings.Repeat("x", size), closes)
	}
	_, err := conn.Write(answer)
	return err == nil && !closes
}

// answers are made once: what the server takes is not the client's.
var answers = sync.OnceValue(func() map[bool][]byte {
	return map[bool][]byte{true: answerWith(albums(), true), false: answerWith(albums(), false)}
})

func answerWith(body string, closes bool) []byte {
	head, _, _ := strings.Cut(album, "\r\n\r\n")
	head = strings.Replace(head, "1024", strconv.Itoa(len(body)), 1)
	if !closes {
		head = strings.Replace(head, "Connection: close", "Connection: keep-alive", 1)
	}
	return []byte(head + "\r\n\r\n" + body)
}

// albums is 1 KiB of JSON as a REST API has it: twelve albums, padded.
func albums() string {
	var all []string
	for i := range 12 {
		all = append(all, fmt.Sprintf(`{"userId": %d, "id": %d, "title": "an album of many, and of no name"}`, 1+i/10, 1+i))
	}
	list := "[" + strings.Join(all, ", ") + "]"
	return list + strings.Repeat(" ", 1024-len(list))
}

var errHeap = errors.New("MemoryError")

// run runs a program, compiled, in a heap of so many bytes, and gives what it prints.
func (p *interpreter) run(heap int, program string) (string, error) {
	p.t.Helper()
	dir, err := os.MkdirTemp(p.dir, "program-*")
	require.NoError(p.t, err)
	source := filepath.Join(dir, "program.py")
	require.NoError(p.t, os.WriteFile(source, []byte(strings.ReplaceAll(program, "URL", p.url)), 0o600))
	out, err := exec.Command(p.cross, source).CombinedOutput()
	require.NoError(p.t, err, "%s", out)
	require.NoError(p.t, os.Remove(source))
	ctx, cancel := context.WithTimeout(p.t.Context(), p.patience)
	defer cancel()
	c := exec.CommandContext(ctx, p.exe, "-X", "heapsize="+strconv.Itoa(heap), "-c", "import program")
	c.Dir = dir
	c.Env = []string{"MICROPYPATH=" + dir + ":.frozen:" + filepath.Join(p.dir, "lib")}
	printed, err := c.CombinedOutput()
	if strings.Contains(string(printed), "MemoryError") {
		return "", fmt.Errorf("%w: %s", errHeap, printed)
	}
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, printed)
	}
	return strings.TrimSpace(string(printed)), nil
}

// number is what a program prints, on a heap that is no matter.
func (p *interpreter) number(program string) int {
	p.t.Helper()
	n, err := p.tried(program)
	require.NoError(p.t, err)
	return n
}

// tried is number for a program that may fail.
func (p *interpreter) tried(program string) (int, error) {
	p.t.Helper()
	out, err := p.run(400<<10, program)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(out)
	if err != nil {
		return 0, fmt.Errorf("it printed %q", out)
	}
	return n, nil
}

// smallest is the smallest heap in which a program runs, to a quarter of a kilobyte.
func (p *interpreter) smallest(program string) int {
	p.t.Helper()
	for heap := 4 << 10; heap < 100<<10; heap += 256 {
		_, err := p.run(heap, program)
		if err == nil {
			return heap
		}
		require.ErrorIs(p.t, err, errHeap)
	}
	p.t.Fatal("no heap is large enough")
	return 0
}

// kept is a program that prints how many bytes of heap an import keeps.
func keeps(imports string) string {
	return "import gc, socket, json\ngc.collect()\nm = gc.mem_alloc()\n" + imports + "\ngc.collect()\nprint(gc.mem_alloc() - m)\n"
}

// allocates is a program that prints what an expression allocates in all, after it
// has been evaluated once.
func allocates(imports, prepare, expression string) string {
	return imports + "\nimport gc\ndef f():\n    r = " + prepare + "\n    gc.collect()\n    gc.disable()\n    m = gc.mem_alloc()\n    x = " + expression +
		"\n    n = gc.mem_alloc() - m\n    gc.enable()\n    return n\nf()\nprint(f())\n"
}

const (
	getJSON = "\nassert requests.get('URL/json').json()[0]['title'][0] == 'a'\n"
	iterate = "\nn = 0\nwith requests.get('URL/bytes/65536') as r:\n    for piece in r.iter_content(512):\n        n += len(piece)\nassert n == 65536\n"
)

func TestPeerThePlainClientTakesLittleHeap(t *testing.T) {
	t.Parallel()
	p := newInterpreter(t)
	for _, c := range []struct {
		what    string
		got, at int
	}{
		{"bytes that importing the client keeps, and a plain GET with it", p.number(strings.Replace(keeps(ours+getJSON), "\ngc.collect()\nprint", "\ndel requests\ngc.collect()\nprint", 1)), 8 << 10},
		{"bytes that a GET of 1 KiB allocates beyond its body", p.number(allocates(ours, "None", "requests.get('URL/json').content")) - 1024, 1600},
		{"bytes that .content of 8 KiB allocates", p.number(allocates(ours, "requests.get('URL/bytes/8192')", "r.content")), 8192 * 11 / 10},
		{"bytes that .content of 64 KiB allocates", p.number(allocates(ours, "requests.get('URL/bytes/65536')", "r.content")), 65536 * 11 / 10},
		{"bytes of the smallest heap for .json() of 1 KiB", p.smallest(ours + getJSON), 12 << 10},
		{"bytes of the smallest heap for 64 KiB in pieces", p.smallest(ours + iterate), 24 << 10},
	} {
		t.Logf("%6d %s", c.got, c.what)
		require.LessOrEqual(t, c.got, c.at, c.what)
	}
}
