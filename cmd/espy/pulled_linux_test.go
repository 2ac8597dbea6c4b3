package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
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

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/serial"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/publish"
)

// pulls is how many runs are made while boards and host are pulled at: go test ./cmd/espy
// -run Pulled -pulls 500.
var pulls = flag.Int("pulls", 40, "runs of TestPulledAtRandom…")

// digits are what differs between reasons that are the same.
var digits = regexp.MustCompile(`\d+`)

// desk is a virtual board on a desk: its cable can be pulled and plugged in again, its
// reset button pressed, and it can hang.
type desk struct {
	name  string // for --on
	board *sim.Board
	stand *publish.Stand
	cable func(ctx context.Context) error // publishes the board until ctx ends
	pull  context.CancelFunc              // ends that: its device is no more
	wait  sync.WaitGroup                  // for it to be so

	mu   sync.Mutex
	deaf time.Time // until then nothing passes
}

// set puts a board on a desk.
func set(t *testing.T) *desk {
	t.Helper()
	d := &desk{}
	spec, err := sim.Parse("sim")
	require.NoError(t, err)
	spec.Reach = func(netip.AddrPort) bool { return true } // it is outside the process whose servers it asks
	d.stand, err = publish.Power(t.Context(), func(ctx context.Context, _ func(netip.AddrPort) bool) (board.Board, error) {
		d.board, err = sim.New(ctx, spec, nil)
		return moody{d.board, d}, err
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		d.pull()
		d.wait.Wait()
		require.NoError(t, d.stand.Close())
	})
	return d
}

// onUSB plugs the board in as a USB adapter with a serial number of its own, by which it
// is known. It is in another socket each time, and so under another name, on another
// terminal.
func onUSB(t *testing.T, byID string, number int) *desk {
	t.Helper()
	d := set(t)
	socket := 0
	link := func() string {
		return filepath.Join(byID, fmt.Sprintf("usb-Silicon_Labs_CP2102_Bridge_%04d-if00-port%d", number, socket))
	}
	d.name = fmt.Sprintf("serial:usb=%04d", number)
	d.cable = func(ctx context.Context) error {
		p, err := publish.OpenPty(link())
		if err != nil {
			return err
		}
		socket++
		return d.stand.Pty(ctx, p)
	}
	d.plug(t)
	return d
}

// onTCP has the board in another room, at an address that stays its own.
func onTCP(t *testing.T) *desk {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address, err := l.(*net.TCPListener).File()
	require.NoError(t, err)
	require.NoError(t, l.Close())
	t.Cleanup(func() { _ = address.Close() })
	d := set(t) // whose clean-up is the first, then
	d.name = "tcp://" + l.Addr().String()
	d.cable = func(ctx context.Context) error {
		l, err := net.FileListener(address)
		if err != nil {
			return err
		}
		return d.stand.TCP(ctx, l)
	}
	d.plug(t)
	return d
}

// plug publishes the board, until it is pulled.
func (d *desk) plug(t *testing.T) {
	var ctx context.Context
	ctx, d.pull = context.WithCancel(context.Background())
	d.wait.Go(func() { assert.NoError(t, d.cable(ctx)) })
}

// hang has nothing pass for a while.
func (d *desk) hang(how time.Duration) {
	d.mu.Lock()
	d.deaf = time.Now().Add(how)
	d.mu.Unlock()
}

func (d *desk) hangs() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Before(d.deaf)
}

// moody is the board of a desk, of which nothing is heard while it hangs.
type moody struct {
	*sim.Board
	desk *desk
}

func (m moody) Open(ctx context.Context) (board.UART, error) {
	u, err := m.Board.Open(ctx)
	return moodyUART{u, m.desk}, err
}

type moodyUART struct {
	board.UART
	desk *desk
}

func (u moodyUART) Read(p []byte) (int, error) {
	for {
		n, err := u.UART.Read(p)
		if err != nil || !u.desk.hangs() {
			return n, err
		}
	}
}

func (u moodyUART) Write(p []byte) (int, error) {
	if u.desk.hangs() {
		return len(p), nil
	}
	return u.UART.Write(p)
}

// mischief does something to a board now and then, until ctx ends, and tells how often
// it did what.
func (d *desk) mischief(ctx context.Context, t *testing.T, random *rand.Rand) (done [3]int) {
	pause := func(least, most int) bool {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(time.Duration(least+random.IntN(most-least)) * time.Millisecond):
			return true
		}
	}
	for what := 0; pause(100, 1000); what = random.IntN(5) { // the cable first: no test without that
		switch what {
		case 0, 1:
			d.pull()
			d.wait.Wait()
			pause(0, 500)
			d.plug(t)
			done[0]++
		case 2, 3:
			assert.NoError(t, d.board.Reset(context.WithoutCancel(ctx)))
			done[1]++
		case 4: // seldom: it is what costs the most time
			d.hang(time.Duration(50+random.IntN(1500)) * time.Millisecond)
			done[2]++
		}
	}
	return done
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
	byID := filepath.Join(dir, "by-id")
	require.NoError(t, os.Mkdir(byID, 0o700))
	var names []string
	done := make([][3]int, boards)
	for i := range boards {
		var d *desk
		if i == 0 {
			d = onTCP(t)
		} else {
			d = onUSB(t, byID, i)
		}
		names = append(names, d.name)
		own := rand.New(rand.NewPCG(seed, uint64(i)+1))
		wg.Go(func() { done[i] = d.mischief(ctx, t, own) })
	}
	each := (*pulls + boards - 1) / boards
	args := []string{"run", "--on", strings.Join(names, ","), "--repeat", fmt.Sprint(each), "--json", "out.json", "a.yaml"}
	kills := 0
	for {
		c := exec.CommandContext(t.Context(), "espy", args...) // see TestMain
		c.Dir = dir
		c.Env = append(os.Environ(), "ESPY_LEASES="+filepath.Join(dir, "leases"), serial.ByIDVariable+"="+byID)
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
	calm()
	wg.Wait()
	t.Logf("%d runs, killed %d times, each board pulled, reset and hung %v times: %+v", len(report.Runs), kills, done, report.Totals)
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
