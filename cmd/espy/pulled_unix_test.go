//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/sim"
)

// pulls is how many runs are made while boards and host are pulled at: go test ./cmd/espy
// -run Pulled -pulls 500.
var pulls = flag.Int("pulls", 40, "runs of TestPulledAtRandom…")

// digits are what differs between reasons that are the same.
var digits = regexp.MustCompile(`\d+`)

// desk is a virtual board on a desk: its cable can be pulled, its reset button pressed,
// and it can hang.
type desk struct {
	board *sim.Board
	at    net.Listener

	mu    sync.Mutex
	lines []net.Conn
	deaf  time.Time // until then nothing passes
}

// set puts a board on a desk.
func set(t *testing.T) *desk {
	t.Helper()
	spec, err := sim.Parse("sim")
	require.NoError(t, err)
	spec.Reach = func(netip.AddrPort) bool { return true } // it is outside the process whose servers it asks
	b, err := sim.New(t.Context(), spec, nil)
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	d := &desk{board: b, at: l}
	var wg sync.WaitGroup
	wg.Go(func() { d.serve(t.Context()) })
	t.Cleanup(func() {
		_ = l.Close()
		d.pull()
		_ = b.Close()
		wg.Wait()
	})
	return d
}

// serve offers the board's UART to one client after the other.
func (d *desk) serve(ctx context.Context) {
	for {
		c, err := d.at.Accept()
		if err != nil {
			return
		}
		u, err := d.board.Open(ctx)
		if err != nil {
			_ = c.Close() // the former client is still being let go of
			continue
		}
		d.mu.Lock()
		d.lines = append(d.lines, c)
		d.mu.Unlock()
		var wg sync.WaitGroup
		wg.Go(func() { d.pass(c, u); _ = u.Close() })
		wg.Go(func() { d.pass(u, c); _ = c.Close() })
		wg.Wait()
	}
}

// pass moves bytes, but for the time that the board hangs.
func (d *desk) pass(from io.Reader, to io.Writer) {
	buf := make([]byte, 512)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		d.mu.Lock()
		deaf := time.Now().Before(d.deaf)
		d.mu.Unlock()
		if deaf {
			continue
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// pull pulls the cable.
func (d *desk) pull() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.lines {
		_ = c.Close()
	}
	d.lines = nil
}

// hang has nothing pass for a while.
func (d *desk) hang(how time.Duration) {
	d.mu.Lock()
	d.deaf = time.Now().Add(how)
	d.mu.Unlock()
}

// mischief does something to a board now and then.
func (d *desk) mischief(ctx context.Context, random *rand.Rand) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(100+random.IntN(900)) * time.Millisecond):
		}
		switch random.IntN(5) {
		case 0, 1:
			d.pull()
		case 2, 3:
			_ = d.board.Reset(ctx) // of a test that is over it fails
		case 4: // seldom: it is what costs the most time
			d.hang(time.Duration(50+random.IntN(1500)) * time.Millisecond)
		}
	}
}

func TestPulledAtRandomEveryResultIsThereOnce(t *testing.T) {
	t.Parallel()
	const boards = 4
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.yaml"), []byte("name: a\nrequest: {get: /albums/1, timeout: 500ms}\nexpect: {status_code: 200}\n"), 0o600))
	ctx, calm := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer calm()
	var names []string
	for i := range boards {
		d := set(t)
		names = append(names, "tcp://"+d.at.Addr().String())
		own := rand.New(rand.NewPCG(seed, uint64(i)+1))
		wg.Go(func() { d.mischief(ctx, own) })
	}
	each := (*pulls + boards - 1) / boards
	args := []string{"run", "--on", strings.Join(names, ","), "--repeat", fmt.Sprint(each), "--json", "out.json", "a.yaml"}
	kills := 0
	for {
		c := exec.CommandContext(t.Context(), "espy", args...) // see TestMain
		c.Dir = dir
		c.Env = append(os.Environ(), "ESPY_LEASES="+filepath.Join(dir, "leases"))
		var out bytes.Buffer
		c.Stdout, c.Stderr = &out, &out
		require.NoError(t, c.Start())
		kill := time.AfterFunc(time.Duration(100+random.IntN(1500)+20*kills)*time.Millisecond, func() { _ = c.Process.Kill() })
		_ = c.Wait()
		if kill.Stop() {
			require.Contains(t, []int{statusOK, statusDiffers, statusRig}, c.ProcessState.ExitCode(), "%s", &out)
			break
		}
		kills++
		once(t, filepath.Join(dir, "out.json.partial"))
		if _, err := os.Stat(filepath.Join(dir, "out.json")); err == nil {
			break // it was killed when all was done
		}
		if _, err := os.Stat(filepath.Join(dir, "out.json.partial")); err == nil {
			args = []string{"run", "--resume", "out.json"}
		}
	}
	report, err := jsonfile.Read(filepath.Join(dir, "out.json"))
	require.NoError(t, err)
	require.Len(t, report.Runs, each*boards)
	seen, reasons := map[string]bool{}, map[string]int{}
	for _, r := range report.Runs {
		key := fmt.Sprint(r.Board, " ", r.Repeat)
		require.False(t, seen[key], key)
		seen[key] = true
		require.NotEmpty(t, r.Verdict)
		for _, d := range r.Diffs {
			reasons[string(r.Verdict)+": "+digits.ReplaceAllString(d.Got[:min(len(d.Got), 160)], "N")]++
		}
	}
	t.Logf("%d runs, killed %d times: %+v", len(report.Runs), kills, report.Totals)
	for reason, n := range reasons {
		t.Logf("%d times %s", n, reason)
	}
	require.Equal(t, len(report.Runs), result.Count(report.Runs).All())
}

// once sees that a journal has no run twice.
func once(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		return // it had not begun, or was done
	}
	made := map[int]bool{}
	for line := range strings.Lines(string(text)) {
		var l struct{ Made *int }
		if json.Unmarshal([]byte(line), &l) == nil && l.Made != nil {
			require.False(t, made[*l.Made], "run %d was made twice", *l.Made)
			made[*l.Made] = true
		}
	}
}
