//go:build peers

package publish_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/publish"
	"github.com/espy-hil/espy/sim/runtimes"
)

// mpremote is MicroPython's own tool: the system's, or what make mpremote has put
// into the user's cache.
func mpremote(t testing.TB) string {
	t.Helper()
	path := mpremoteIfAny(t)
	require.NotEmpty(t, path, "there is no mpremote: run make mpremote")
	return path
}

// mpremoteIfAny is where it is; empty where it is not.
func mpremoteIfAny(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("mpremote"); err == nil {
		return path
	}
	cache, err := runtimes.CacheDir()
	require.NoError(t, err)
	path := filepath.Join(cache, "mpremote", "mpremote")
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// remote runs mpremote on a board.
type remote struct {
	t    testing.TB
	exe  string
	link string
	dir  string
}

func (r remote) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, r.exe, append([]string{"connect", r.link}, args...)...)
	c.Dir = r.dir
	return c
}

func (r remote) do(args ...string) string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	out, err := r.command(ctx, args...).CombinedOutput()
	require.NoError(r.t, err, "mpremote %s: %s", strings.Join(args, " "), out)
	return strings.ReplaceAll(string(out), "\r\n", "\n")
}

// mounted runs a program with the folder mounted. What mpremote has put on the board for
// that gives up when mpremote has not answered within a second (transport_serial.py,
// poll_in), which happens where there is much else to do: it is asked again.
func (r remote) mounted(program string) string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	for {
		out, err := r.command(ctx, "mount", ".", "exec", program).CombinedOutput()
		if ctx.Err() == nil && err != nil && bytes.Contains(out, []byte("timeout waiting for remote")) {
			continue
		}
		require.NoError(r.t, err, "mpremote mount: %s", out)
		return strings.ReplaceAll(string(out), "\r\n", "\n")
	}
}

func onRemote(t testing.TB, name string) remote { return pacedRemote(t, mpremote(t), name, 0, nil) }

// pacedRemote is a published board of a baud rate (0: it has none) with files on it.
func pacedRemote(t testing.TB, exe, name string, baud int, files map[string][]byte) remote {
	t.Helper()
	s, err := publish.Power(t.Context(), func(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error) {
		spec, err := sim.Parse("sim:" + name)
		require.NoError(t, err)
		spec.Reach, spec.UART.Baud = reach, baud
		return sim.New(ctx, spec, files)
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	dir := t.TempDir()
	r := remote{t, exe, filepath.Join(dir, "board"), dir}
	p, err := publish.OpenPty(r.link)
	require.NoError(t, err)
	while(t, func(ctx context.Context) error { return s.Pty(ctx, p) })
	return r
}

func TestPeerMpremoteTalksToAPublishedBoard(t *testing.T) {
	t.Parallel()
	boards := append(sim.Releases(), "esp32", "esp8266@1.25", "esp32-c3")
	for _, board := range boards {
		t.Run(board, func(t *testing.T) {
			t.Parallel()
			r := onRemote(t, board)
			require.Equal(t, "42\n", r.do("exec", "print(6 * 7)"))
			require.Equal(t, "[1, 2]\n", r.do("eval", "[1, 2]"))

			write(t, r.dir, "program.py", []byte("import sys\nprint('on', sys.implementation.name)\n"))
			require.Equal(t, "on micropython\n", r.do("run", "program.py"))

			content := noise(5000)
			write(t, r.dir, "there.bin", content)
			r.do("fs", "cp", "there.bin", ":there.bin")
			r.do("fs", "cp", ":there.bin", "back.bin")
			back, err := os.ReadFile(filepath.Join(r.dir, "back.bin"))
			require.NoError(t, err)
			require.True(t, bytes.Equal(content, back))
			require.Regexp(t, `(?m)^ +5000 there\.bin$`, r.do("ls"))
			sum := sha256.Sum256(content)
			require.Contains(t, r.do("fs", "sha256sum", "there.bin"), hex.EncodeToString(sum[:]))
			r.do("fs", "rm", "there.bin")
			require.NotContains(t, r.do("ls"), "there.bin")

			require.Regexp(t, `(?m)^\s+(2097152|3125248)\s+\d+\s+\d+\s+\d`, r.do("df"))
			write(t, r.dir, "remote.py", []byte("answer = 43\n"))
			require.Contains(t, r.mounted("import os, remote\nprint(os.getcwd(), remote.answer)"), "/remote 43\n")

			// Without soft-reset, mpremote's resume keeps what there is in memory.
			require.Equal(t, "1\n", r.do("exec", "kept = 1", "resume", "exec", "print(kept)"))
			require.Equal(t, "False\n", r.do("soft-reset", "exec", "print('kept' in globals())"))
		})
	}
}

func TestPeerMpremoteInterruptsAProgram(t *testing.T) {
	t.Parallel()
	for name, program := range map[string]string{
		"a loop":  "while True: pass",
		"a sleep": "import time\ntime.sleep(1000)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := onRemote(t, "1.29")
			r.do("exec", "--no-follow", program)
			require.Equal(t, "usable\n", r.do("exec", "print('usable')"))

			// A mpremote that is killed while it follows a program leaves it running.
			ctx, kill := context.WithCancel(t.Context())
			following := r.command(ctx, "exec", "print('begun')\n"+program)
			out, err := following.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, following.Start())
			_, err = out.Read(make([]byte, 1)) // it runs
			require.NoError(t, err)
			kill()
			_ = following.Wait() // it was killed
			require.Equal(t, "usable\n", r.do("exec", "print('usable')"))
		})
	}
}

func write(t testing.TB, dir, name string, content []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
}
