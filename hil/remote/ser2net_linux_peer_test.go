//go:build peers

package remote_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/boardtest"
	"github.com/espy-hil/espy/hil/recovery"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/scenarios"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/publish"
	"github.com/espy-hil/espy/sim/unix"
)

// kinds are the boards that stand behind ser2net.
var kinds = map[string]func(context.Context, func(netip.AddrPort) bool) (board.Board, error){
	"sim": func(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error) {
		spec, err := sim.Parse("sim")
		spec.Reach = reach
		if err != nil {
			return nil, err
		}
		return sim.New(ctx, spec, nil)
	},
	"unix": func(ctx context.Context, _ func(netip.AddrPort) bool) (board.Board, error) {
		spec, err := unix.Parse("unix")
		if err != nil {
			return nil, err
		}
		return unix.New(ctx, spec, nil)
	},
}

// accepters are ser2net's words for the two ways in which it offers a port.
var accepters = map[string]string{"tcp": "tcp", "rfc2217": "telnet(rfc2217),tcp"}

// ser2net puts Debian's ser2net in front of a board on a pty, and gives the board's
// address.
func ser2net(t *testing.T, kind, scheme string) string {
	t.Helper()
	s, err := publish.Power(t.Context(), kinds[kind])
	require.NoError(t, err)
	folder := t.TempDir()
	device := filepath.Join(folder, "board")
	p, err := publish.OpenPty(device)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Pty(ctx, p) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
		require.NoError(t, s.Close())
	})

	config := filepath.Join(folder, "ser2net.yaml")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, `
connection: &board
  accepter: %s,127.0.0.1,0
  connector: serialdev,%s,115200n81,local
  options:
    chardelay: false
`, accepters[scheme], device), 0o600))
	c := exec.Command(program(t), "-d", "-n", "-c", config)
	var said bytes.Buffer
	c.Stderr = &said
	require.NoError(t, c.Start())
	t.Cleanup(func() {
		require.NoError(t, c.Process.Kill())
		_ = c.Wait() // it was killed, and has left its lock
		for _, folder := range []string{"/var/lock", "/run/lock"} {
			_ = os.Remove(filepath.Join(folder, "LCK.."+strings.ReplaceAll(device, "/", "_")))
		}
		if t.Failed() {
			t.Logf("ser2net said %s", &said)
		}
	})
	return fmt.Sprintf("%s://127.0.0.1:%d", scheme, listening(t, c.Process.Pid))
}

// program finds ser2net, which is not in the path of everybody.
func program(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("ser2net")
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/ser2net")
	}
	require.NoError(t, err)
	return path
}

// listening waits until a process listens on TCP, and gives the port: ser2net does not say
// which it was given.
func listening(t *testing.T, pid int) int {
	t.Helper()
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
		sockets := map[string]bool{}
		files, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
		require.NoError(t, err)
		for _, f := range files {
			if to, err := os.Readlink(f); err == nil && strings.HasPrefix(to, "socket:[") {
				sockets[strings.Trim(to, "socket:[]")] = true
			}
		}
		table, err := os.Open("/proc/net/tcp")
		require.NoError(t, err)
		for lines := bufio.NewScanner(table); lines.Scan(); {
			field := strings.Fields(lines.Text()) // sl local remote state … inode
			if len(field) > 9 && field[3] == "0A" && sockets[field[9]] {
				_, port, _ := strings.Cut(field[1], ":")
				n, err := strconv.ParseInt(port, 16, 32)
				require.NoError(t, err)
				require.NoError(t, table.Close())
				return int(n)
			}
		}
		require.NoError(t, table.Close())
	}
	t.Fatal("ser2net does not listen")
	return 0
}

func TestPeerSer2netPassesOnAllThatABoardIs(t *testing.T) {
	t.Parallel()
	for scheme := range accepters {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			boardtest.Run(t, func(t *testing.T) board.Board { return reach(t, ser2net(t, "sim", scheme)) })
		})
	}
}

// ser2net lets one client in at a time, and says so on the line to the next, amid what it
// offers, and closes it: wherever that finds us, it is told at once.
func TestPeerSer2netTurnsASecondClientAway(t *testing.T) {
	t.Parallel()
	for scheme := range accepters {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			address := ser2net(t, "sim", scheme)
			first := reach(t, address)
			u, _, err := recovery.Open(t.Context(), first)
			require.NoError(t, err)
			defer u.Close()
			names := []string{address}
			if scheme == "rfc2217" {
				names = append(names, "tcp"+strings.TrimPrefix(address, scheme)) // the wrong word, and the same answer
			}
			for _, name := range names {
				for range 50 {
					second := reach(t, name)
					_, _, err := recovery.Open(t.Context(), second)
					require.ErrorIs(t, err, board.ErrBusy)
					require.True(t, recovery.Final(err))
					require.ErrorContains(t, err, "another client has its UART")
				}
			}
		})
	}
}

// The tutorial, the versions and a body of some size pass over ser2net as they do on a
// board of this machine.
func TestPeerScenariosPassOverSer2net(t *testing.T) {
	t.Parallel()
	all, err := scenarios.LoadBundled()
	require.NoError(t, err)
	var files []*scenarios.Scenario
	for _, s := range all {
		if strings.Contains(s.File, "tutorial/") || strings.Contains(s.File, "version/auto") || strings.Contains(s.File, "bodies/") {
			files = append(files, s)
		}
	}
	require.NotEmpty(t, files)
	files, err = run.Select(files, []string{"!slow"})
	require.NoError(t, err)
	for scheme := range accepters {
		kind := map[string]string{"tcp": "sim", "rfc2217": "unix"}[scheme]
		t.Run(kind+" "+scheme, func(t *testing.T) {
			t.Parallel()
			config, err := rig.Wire(t.Context(), rig.Choice{On: []string{"sim", ser2net(t, kind, scheme)}, Form: "py"})
			require.NoError(t, err)
			config.Ledger, err = rig.BundledLedger(false)
			require.NoError(t, err)
			report := run.Scenarios(t.Context(), config, files)
			for _, r := range report.Runs {
				if r.Verdict != result.Pass && r.Verdict != result.Known && r.Verdict != result.Skip {
					t.Errorf("%s %s on %s: %s %+v", r.Scenario, r.Variant, r.Board, r.Verdict, r.Diffs)
				}
			}
			require.Greater(t, report.Totals.Pass, 20)
		})
	}
}
