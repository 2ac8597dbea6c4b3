//go:build peers

package firmware_test

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/firmware"
)

// yours is the source of a client that is to stand beside ours; nil: there is none.
// It is named in ESPY_BENCH_CLIENT.
func yours(b *testing.B) []byte {
	b.Helper()
	path := os.Getenv("ESPY_BENCH_CLIENT")
	if path == "" {
		return nil
	}
	content, err := os.ReadFile(path)
	require.NoError(b, err)
	return content
}

// cannot tells whether a metric is to be left out since the user's client failed, and
// says why to whom the benchmark runs for. Any other client's failure is the benchmark's.
func cannot(b *testing.B, name, metric string, err error) bool {
	b.Helper()
	if err != nil && name != "yours" {
		require.NoError(b, err, name)
	}
	if err != nil {
		lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
		why := strings.TrimSpace(lines[len(lines)-1]) // of a traceback, what was raised
		fmt.Fprintf(os.Stderr, "left out: %s %s: %s\n", strings.TrimPrefix(b.Name(), "Benchmark"), metric, why)
	}
	return err != nil
}

// besides are the clients that are compared, by name, and how a program gets them. The
// stock client is frozen in the interpreter, as in official firmware, and stands on
// the flash as well, as ours does: as .mpy or as source.
func besides(b *testing.B, p *interpreter, form string) map[string]string {
	b.Helper()
	all := map[string]string{"espy": ours, "stock-frozen": "import requests", "stock-flash": "import stock as requests"}
	flash := map[string][]byte{"stock": debianModule(b, "/requests/requests/__init__.py")}
	if mine := yours(b); mine != nil {
		all["yours"], flash["yours"] = "import yours as requests", mine
	}
	for name, content := range flash {
		source := filepath.Join(p.dir, "lib", name+".py")
		require.NoError(b, os.WriteFile(source, content, 0o600))
		if form == "mpy" && compiles(b, p, name, source) {
			require.NoError(b, os.Remove(source))
		}
	}
	return all
}

// compiles puts the .mpy beside a file. What of the user's is no MicroPython stays as
// it is, for its import to say what is wrong.
func compiles(b *testing.B, p *interpreter, name, source string) bool {
	b.Helper()
	out, err := exec.Command(p.cross, source).CombinedOutput()
	if name != "yours" {
		require.NoError(b, err, "%s", out)
	}
	return err == nil
}

// exchanges are what a board does, in words that clients of this kind have in common.
// API is the fake API, URL the server of replies with eight header fields. REDIRECTS leads
// to an album over two redirects, to whole URLs with a port: the stock client leaves the
// port out of Host, so that a server which goes by that would send it to port 80.
var exchanges = map[string]string{
	"json":     getJSON,
	"pieces":   "\nb = bytearray(512)\nr = requests.get('URL/bytes/65536')\nn = 0\nwhile True:\n    k = r.raw.readinto(b)\n    if not k:\n        break\n    n += k\nassert n == 65536\nr.close()\n",
	"post":     "\nassert requests.post('API/posts', json={'title': 'a', 'userId': 1}).json()['title'] == 'a'\n",
	"404":      "\nr = requests.get('API/status/404')\nassert r.status_code == 404\nr.close()\n",
	"auth":     "\nassert requests.get('API/basic-auth/ann/secret', auth=('ann', 'secret')).status_code == 200\n",
	"redirect": "\nassert requests.get('REDIRECTS').json()['id'] == 1\n",
	"1k":       "\nassert len(requests.get('URL/bytes/1024').content) == 1024\n",
	"8k":       "\nassert len(requests.get('URL/bytes/8192').content) == 8192\n",
}

// What each client costs the heap of a 32-bit board: what it imports, from source and
// compiled, what requests and bodies allocate, and the smallest heap in which an
// exchange works. An exchange that the user's client cannot do has no figure.
func BenchmarkPeerHeap(b *testing.B) {
	p := newInterpreter(b)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(b, err)
	api := fakeapi.Start(l, "main", plan.Server{})
	b.Cleanup(func() { api.Close() })
	fromSource := newInterpreter(b)
	require.NoError(b, os.RemoveAll(filepath.Join(fromSource.dir, "lib")))
	require.NoError(b, firmware.Source().WriteTo(fromSource.dir))
	besides(b, fromSource, "py")
	besideAPI, at := map[string]string{}, "http://"+l.Addr().String()
	via := func(to string) string { return at + "/redirect-to?url=" + url.QueryEscape(to) }
	for what, program := range exchanges {
		besideAPI[what] = strings.NewReplacer("API", at, "REDIRECTS", via(via(at+"/albums/1"))).Replace(program)
	}
	for name, imports := range besides(b, p, "mpy") {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				takesOfHeap(b, name, p, imports, besideAPI)
				n, err := fromSource.tried(keeps(imports))
				reportOf(b, name, "B-imported-py", n, err)
			}
		})
	}
	// Ours as the stock client is in official firmware: a manifest's work, and a minute's.
	b.Run("espy-frozen", func(b *testing.B) {
		for frozen := p.frozen(b); b.Loop(); {
			takesOfHeap(b, "espy-frozen", frozen, ours, besideAPI)
		}
	})
}

// frozen is the same interpreter with our client in its program, and none on its flash.
func (p *interpreter) frozen(b *testing.B) *interpreter {
	b.Helper()
	q := *p
	q.dir, q.exe = b.TempDir(), frozenInterpreter(b)
	return &q
}

// reportOf reports what was measured of a client, or that the user's cannot do it.
func reportOf(b *testing.B, name, metric string, n int, err error) {
	b.Helper()
	if !cannot(b, name, metric, err) {
		b.ReportMetric(float64(n), metric)
	}
}

// takesOfHeap reports what a client takes of an interpreter's heap.
func takesOfHeap(b *testing.B, name string, p *interpreter, imports string, programs map[string]string) {
	b.Helper()
	n, err := p.tried(keeps(imports))
	reportOf(b, name, "B-imported-mpy", n, err)
	n, err = p.tried(allocates(imports, "None", "requests.get('URL/json').content"))
	reportOf(b, name, "B-per-GET", n-1024, err)
	for kib, unit := range map[int]string{1: "B-content-1K", 8: "B-content-8K", 64: "B-content-64K"} {
		n, err = p.tried(allocates(imports, "requests.get('URL/bytes/"+strconv.Itoa(kib<<10)+"')", "r.content"))
		reportOf(b, name, unit, n, err)
	}
	for what, program := range programs {
		heap, err := p.least(imports + program)
		reportOf(b, name, "B-smallest-"+what, heap, err)
	}
}

// least is the smallest heap in which a program runs, to a quarter of a kilobyte; an
// error where it fails of something else than memory.
func (p *interpreter) least(program string) (int, error) {
	var err error
	for heap := 3 << 10; heap < 200<<10; heap += 256 {
		if _, err = p.run(heap, program); err == nil {
			return heap, nil
		}
		if !errors.Is(err, errHeap) {
			return 0, err
		}
	}
	return 0, err
}

// Requests per second on the 32-bit unix port with the heap of an ESP8266: each
// client in a process of its own, in turns.
func BenchmarkPeerUnixSpeed(b *testing.B) {
	p := newInterpreter(b)
	programs := map[string]string{"session": ours + bySession}
	for name, imports := range besides(b, p, "mpy") {
		if name != "stock-flash" { // as fast as the frozen one
			programs[name] = imports + byGet
		}
	}
	unixSpeed(b, p, programs)
}

// The same where ours is frozen too.
func BenchmarkPeerFrozenSpeed(b *testing.B) {
	unixSpeed(b, newInterpreter(b).frozen(b), map[string]string{"espy": ours + byGet, "session": ours + bySession, "stock": "import requests" + byGet})
}

const (
	byGet     = "\nget = requests.get\n"
	bySession = "\nget = requests.Session().get\n"
)

// inARow is how many requests a program makes: they take less than a tenth of a second.
const inARow = 300

func unixSpeed(b *testing.B, p *interpreter, programs map[string]string) {
	b.Helper()
	spent := map[string]float64{}
	for b.Loop() {
		for name, program := range programs {
			out, err := p.run(38<<10, "import gc, time\ngc.threshold(8192)\n"+program+`
def speed(n):
    t = time.ticks_us()
    for _ in range(n):
        r = get('URL/json')
        r.json()
        r.close()
    return time.ticks_diff(time.ticks_us(), t)
speed(5)
print(speed(`+strconv.Itoa(inARow)+"))\n")
			if cannot(b, name, name+"-requests/s", err) {
				continue
			}
			us, err := strconv.ParseFloat(out, 64)
			require.NoError(b, err, name)
			spent[name] += us
		}
	}
	for name, us := range spent {
		b.ReportMetric(float64(b.N*inARow)/us*1e6, name+"-requests/s")
	}
}
