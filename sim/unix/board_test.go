//go:build peers

package unix_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
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
	r := repl.New(b.Name(), uart, repl.Options{})
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

// Nothing is left locked, and nothing is lost, whenever the interrupt comes.
func TestUnixBoardAnswersInterruptsAtRandomMoments(t *testing.T) {
	t.Parallel()
	b := power(t, "unix:esp8266", nil)
	r, _ := talk(t, b)
	l, host, err := b.Listen(t.Context(), "main")
	require.NoError(t, err)
	defer l.Close()
	programs := []string{
		"while True: pass",
		"while True: x = [bytearray(100) for _ in range(50)]",
		"import gc\nwhile True: gc.collect()",
		"import time\nwhile True: time.sleep_ms(1)",
		"import time\ntime.sleep(60)",
		"import sys\nsys.stdin.read(1)",
		"while True: print(end='')",
		fmt.Sprintf("import socket\na = socket.getaddrinfo(%q, %s)[0][-1]\nwhile True:\n  s = socket.socket()\n  s.settimeout(None)\n  try:\n    s.connect(a)\n  finally:\n    s.close()\n", host, port(t, l.Addr().String())),
	}
	chance := rand.New(rand.NewPCG(1, 2))
	var worst time.Duration
	for i := range 200 {
		p, err := r.Start(t.Context(), "print('ready')\n"+programs[i%len(programs)])
		require.NoError(t, err)
		// Before it runs, an interrupt is a byte like any other, as on every board.
		for out := ""; !strings.HasSuffix(out, "ready\r\n"); {
			piece, err := p.Output(t.Context())
			require.NoError(t, err)
			out += string(piece)
		}
		time.Sleep(time.Duration(chance.IntN(3000)) * time.Microsecond) // the random moment
		begun := time.Now()
		require.NoError(t, r.Interrupt(t.Context()))
		err = p.Wait(t.Context())
		worst = max(worst, time.Since(begun))
		var raised *repl.PythonError
		require.ErrorAs(t, err, &raised, "interrupt %d", i)
		require.Equal(t, "KeyboardInterrupt", raised.Type, raised.Traceback)
		require.Equal(t, "1000", run(t, r, "print(len(bytearray(1000)))"), "the heap is locked")
	}
	t.Logf("200 interrupts, each answered within %v", worst)
}

func port(t testing.TB, address string) string {
	t.Helper()
	return address[strings.LastIndexByte(address, ':')+1:]
}

func TestUnixBoardIsResetAThousandTimesWithoutALeak(t *testing.T) {
	t.Parallel()
	b := power(t, "unix", nil)
	r, _ := talk(t, b)
	const state = "import os, gc, socket\nkept = [open('/f.txt', 'w'), socket.socket()]\ngc.collect()\nprint(kept[-1].fileno(), gc.mem_free())"
	first := run(t, r, state)
	for range 1000 {
		require.NoError(t, r.SoftReset(t.Context()))
	}
	require.Equal(t, first, run(t, r, state))
	require.Len(t, children(t, b), 1)
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

func readUntil(t testing.TB, u board.UART, text string) string {
	t.Helper()
	require.NoError(t, u.SetReadDeadline(time.Now().Add(10*time.Second)))
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
	r, uart := talk(t, power(t, "unix", nil))
	_, err := r.Start(t.Context(), "import uctypes\nuctypes.bytes_at(8, 4)")
	require.NoError(t, err)
	require.Contains(t, readUntil(t, uart, "Rebooting..."), "segmentation fault")
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
	}, 10*time.Second, time.Millisecond)
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

// holder is set in the environment of a test binary that is to hold a board until
// it is killed.
const holder = "ESPY_TEST_HOLDS_A_BOARD"

func TestUnixBoardEndsWithTheProgramThatHoldsIt(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestUnixBoardHolder$")
	cmd.Env = append(os.Environ(), holder+"=1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var pid int
	_, err = fmt.Fscan(out, &pid)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(pid, 0), "the board runs")
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	require.Eventually(t, func() bool {
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err != nil || strings.Contains(string(state), ") Z ") // nobody may be there to reap it
	}, 10*time.Second, time.Millisecond)
}

// TestUnixBoardHolder is not a test: it holds a board that is busy for the test above.
func TestUnixBoardHolder(t *testing.T) {
	if os.Getenv(holder) == "" {
		return
	}
	b := power(t, "unix", nil)
	r, _ := talk(t, b)
	_, err := r.Start(t.Context(), "import micropython\nmicropython.kbd_intr(-1)\nwhile True: pass")
	require.NoError(t, err)
	fmt.Println(children(t, b)[0])
	select {}
}

func BenchmarkBoot(b *testing.B) {
	board := power(b, "unix:esp8266", nil)
	uart, err := board.Open(b.Context())
	require.NoError(b, err)
	for b.Loop() {
		require.NoError(b, board.Reset(b.Context()))
		readUntil(b, uart, ">>> ")
	}
}

func BenchmarkSoftReset(b *testing.B) {
	r, _ := talk(b, power(b, "unix:esp8266", nil))
	for b.Loop() {
		require.NoError(b, r.SoftReset(b.Context()))
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	r, _ := talk(b, power(b, "unix", nil))
	for b.Loop() {
		run(b, r, "pass")
	}
}
