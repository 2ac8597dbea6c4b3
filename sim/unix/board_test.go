//go:build peers

package unix_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/boardtest"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim/unix"
)

func power(t testing.TB, name string, files map[string][]byte) *unix.Board {
	t.Helper()
	spec, err := unix.Parse(name)
	require.NoError(t, err)
	b, err := unix.New(context.Background(), spec, files)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

// talk enters the raw REPL.
func talk(t testing.TB, b board.Board) (*repl.REPL, board.UART) {
	t.Helper()
	uart, err := b.Open(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { _ = uart.Close() })
	r := repl.New(b.Name(), uart, repl.Options{Wait: time.Minute, Reply: time.Minute})
	require.NoError(t, r.Enter(context.Background()))
	return r, uart
}

// run gives what code prints, without the line ends.
func run(t testing.TB, r *repl.REPL, code string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, r.Exec(context.Background(), code, &out))
	return strings.TrimSpace(out.String())
}

func TestUnixBoardsConform(t *testing.T) {
	t.Parallel()
	for _, name := range unix.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			boardtest.Run(t, func(t *testing.T) board.Board { return power(t, name, nil) })
		})
	}
}

func TestUnixBoardHasTheHeapOfItsProfile(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"unix": 2 << 20, "unix:esp8266": 40 << 10, "unix:tls": 2 << 20} {
		r, _ := talk(t, power(t, name, nil))
		got, err := strconv.Atoi(run(t, r, "import gc\nprint(gc.mem_free() + gc.mem_alloc())"))
		require.NoError(t, err)
		// The allocator's own tables come out of the heap.
		require.InEpsilon(t, want, got, 0.05, name)
	}
}

func TestUnixBoardOffersTLSWhereItsProfileSaysSo(t *testing.T) {
	t.Parallel()
	const ask = "try:\n  import tls\n  print(True)\nexcept ImportError:\n  print(False)"
	for name, want := range map[string]string{"unix": "False", "unix:tls": "True"} {
		r, _ := talk(t, power(t, name, nil))
		require.Equal(t, want, run(t, r, ask), name)
	}
}

func TestUnixBoardHasTheFilesThatItWasGivenAndNoOthers(t *testing.T) {
	t.Parallel()
	r, _ := talk(t, power(t, "unix", map[string][]byte{"/lib/pkg/mod.py": []byte("answer = 42\n")}))
	require.Equal(t, "42 ['lib']", run(t, r, "import pkg.mod, os\nprint(pkg.mod.answer, os.listdir('/'))"))
}

func TestUnixBoardRunsBootAndMain(t *testing.T) {
	t.Parallel()
	b := power(t, "unix", map[string][]byte{
		"/boot.py": []byte("booted = True\n"),
		"/main.py": []byte("f = open('/main.txt', 'a'); f.write('m'); f.close()\n"),
	})
	r, _ := talk(t, b)
	require.Equal(t, "True m", run(t, r, "print(booted, open('/main.txt').read())"))
	require.NoError(t, r.SoftReset(t.Context()))
	require.Equal(t, "True m", run(t, r, "print(booted, open('/main.txt').read())"), "main.py is not for the raw REPL")
	require.NoError(t, b.Reset(t.Context()))
	require.NoError(t, r.Enter(t.Context()))
	require.Equal(t, "True mm", run(t, r, "print(booted, open('/main.txt').read())"))
}

func TestUnixBoardInAnEndlessMainIsReached(t *testing.T) {
	t.Parallel()
	r, _ := talk(t, power(t, "unix", map[string][]byte{"/main.py": []byte("while True: pass\n")}))
	require.Equal(t, "2", run(t, r, "print(1 + 1)"))
}

// children are the processes that have the board's flash as their folder.
func children(t testing.TB, b *unix.Board) []int {
	t.Helper()
	var all []int
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	require.NoError(t, err)
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && to == b.Flash() {
			pid, err := strconv.Atoi(strings.Split(link, "/")[2])
			require.NoError(t, err)
			all = append(all, pid)
		}
	}
	return all
}

func TestUnixBoardWhoseProcessIsKilledSaysSoAndStartsAnew(t *testing.T) {
	t.Parallel()
	b := power(t, "unix", nil)
	r, uart := talk(t, b)
	_, err := r.Start(t.Context(), "while True: pass")
	require.NoError(t, err)
	pids := children(t, b)
	require.Len(t, pids, 1)
	require.NoError(t, syscall.Kill(pids[0], syscall.SIGKILL))
	require.Contains(t, readUntil(t, uart, "Rebooting..."), "Panic: the MicroPython process ended: signal: killed")
	require.NoError(t, r.Enter(t.Context()))
	require.Equal(t, "2", run(t, r, "print(1 + 1)"))
}

// heardUntil is readUntil for a program that may have said some of it, or all, with
// the answer to its start.
func heardUntil(t *testing.T, p *repl.Program, text string) (said string) {
	t.Helper()
	for !strings.Contains(said, text) {
		heard, err := p.Heard(t.Context())
		require.NoError(t, err, "waiting for %q, got %q", text, said)
		said += string(heard)
	}
	return said
}

func readUntil(t testing.TB, u board.UART, text string) string {
	t.Helper()
	require.NoError(t, u.SetReadDeadline(time.Now().Add(time.Minute)))
	var got []byte
	for p := make([]byte, 256); !bytes.Contains(got, []byte(text)); {
		n, err := u.Read(p)
		got = append(got, p[:n]...)
		require.NoError(t, err, "waiting for %q, got %q", text, got)
	}
	return string(got)
}

// Nothing keeps a program from reading where there is no memory.
func TestUnixBoardThatCrashesItsInterpreterStartsAnew(t *testing.T) {
	t.Parallel()
	r, _ := talk(t, power(t, "unix", nil))
	p, err := r.Start(t.Context(), "import uctypes\nuctypes.bytes_at(8, 4)")
	require.NoError(t, err)
	require.Contains(t, heardUntil(t, p, "Rebooting..."), "segmentation fault")
	require.NoError(t, r.Enter(t.Context()))
	require.Equal(t, "2", run(t, r, "print(1 + 1)"))
}

func TestUnixBoardThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	spec, err := unix.Parse("unix")
	require.NoError(t, err)
	b, err := unix.New(t.Context(), spec, map[string][]byte{"/boot.py": []byte("import uctypes\nuctypes.bytes_at(8, 4)\n")})
	require.NoError(t, err)
	defer b.Close()
	require.Eventually(t, func() bool {
		u, err := b.Open(t.Context())
		if err == nil {
			require.NoError(t, u.Close())
			return false
		}
		return strings.Contains(err.Error(), "ends as soon as it has started: signal: segmentation fault")
	}, time.Minute, time.Millisecond)
}

func TestUnixBoardLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	b := power(t, "unix", nil)
	r, _ := talk(t, b)
	_, err := r.Start(t.Context(), "import micropython\nmicropython.kbd_intr(-1)\nwhile True: pass")
	require.NoError(t, err)
	require.NoError(t, b.Close())
	require.NoDirExists(t, b.Flash())
	require.Empty(t, children(t, b))
}

// An espy that was killed leaves the flash of its boards behind. The next board
// removes it, and leaves alone what somebody has.
func TestUnixBoardRemovesTheFlashThatAKilledProgramHasLeft(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	b := power(t, "unix", nil)
	long := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(b.Flash(), long, long))
	stale := filepath.Join(os.TempDir(), "espy-flash-1")
	require.NoError(t, os.MkdirAll(filepath.Join(stale, "lib"), 0o755))
	require.NoError(t, os.Chtimes(stale, long, long))
	fresh := filepath.Join(os.TempDir(), "espy-flash-2")
	require.NoError(t, os.Mkdir(fresh, 0o755))
	power(t, "unix", nil)
	require.NoDirExists(t, stale)
	require.DirExists(t, fresh)
	require.DirExists(t, b.Flash())
}

// Between two programs, too, a board that has started anew is noticed at once.
func TestUnixBoardWhoseProcessIsKilledAtThePromptTakesNoProgram(t *testing.T) {
	t.Parallel()
	b := power(t, "unix", nil)
	r, _ := talk(t, b)
	pids := children(t, b)
	require.Len(t, pids, 1)
	require.NoError(t, syscall.Kill(pids[0], syscall.SIGKILL))
	require.ErrorIs(t, r.Exec(t.Context(), "pass", nil), repl.ErrRestarted)
	require.NoError(t, r.Enter(t.Context()))
	require.Equal(t, "2", run(t, r, "print(1 + 1)"))
}
