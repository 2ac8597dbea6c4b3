package sim_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/boardtest"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/vm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func power(t *testing.T, name string, files map[string][]byte) *sim.Board {
	t.Helper()
	spec, err := sim.Parse(name)
	require.NoError(t, err)
	b, err := sim.New(t.Context(), spec, files)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

// talk enters the raw REPL.
func talk(t *testing.T, b board.Board) *repl.REPL {
	t.Helper()
	uart, err := b.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, uart.Close()) })
	r := repl.New(b.Name(), uart, repl.Options{Wait: time.Minute, Reply: time.Minute}) // the machine may be busy
	require.NoError(t, r.Enter(t.Context()))
	return r
}

// run gives what code prints, without the line ends.
func run(t *testing.T, r *repl.REPL, code string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, r.Exec(t.Context(), code, &out))
	return strings.TrimSpace(out.String())
}

func TestEveryReleaseIsABoard(t *testing.T) {
	t.Parallel()
	for _, release := range sim.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			boardtest.Run(t, func(t *testing.T) board.Board { return power(t, "sim:"+release, nil) })
		})
	}
}

// What is left of it, the check for goroutines at the end of all tests would find.
func TestABoardThatIsNotWaitedForIsLetGoOf(t *testing.T) {
	t.Parallel()
	spec, err := sim.Parse("sim")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b, err := sim.New(ctx, spec, nil)
	if err == nil { // now and then the board is quicker
		require.NoError(t, b.Close())
		return
	}
	require.ErrorIs(t, err, context.Canceled)
	require.Nil(t, b)
}

func TestABoardRunsTheReleaseThatItWasAskedFor(t *testing.T) {
	t.Parallel()
	for _, release := range sim.Releases() {
		r := talk(t, power(t, "sim@"+release, nil))
		got := run(t, r, "import sys\nprint('%d.%d' % sys.implementation.version[:2])")
		require.Equal(t, release, got)
	}
}

func TestASpecThatNamesNothingSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"sim:1.2":        "there are 1.24, 1.25, 1.26, 1.27, 1.28, 1.29",
		"sim:":           "no release or chip after",
		"sim:esp99":      `no MicroPython release and no chip "esp99"`,
		"sim:esp32@":     "no release after",
		"sim:esp32@1.2":  `no MicroPython release "1.2"`,
		"sim:esp99@1.29": "there are the chips esp32, esp32-c3, esp8266",
		"unix":           "is not a virtual board",
		"sim@latest":     `no MicroPython release "latest"`,
	} {
		_, err := sim.Parse(spec)
		require.ErrorContains(t, err, want, spec)
	}
}

func TestFilesGivenAtTheStartAreOnTheFlashAndCanBeImported(t *testing.T) {
	t.Parallel()
	r := talk(t, power(t, "sim", map[string][]byte{"/lib/pkg/mod.py": []byte("answer = 42\n")}))
	require.Equal(t, "42", run(t, r, "import pkg.mod\nprint(pkg.mod.answer)"))
}

func TestARollbackTakesMemoryFilesAndSocketsBack(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", map[string][]byte{"/keep.txt": []byte("as it was")})
	r := talk(t, b)
	run(t, r, "import os\nx = 1")
	require.NoError(t, b.Checkpoint(t.Context(), t.Name()))

	l, _, err := b.Listen(t.Context(), "main")
	require.NoError(t, err)
	defer l.Close()
	for round := range 3 {
		require.Equal(t, "1 ['keep.txt', 'rom'] as it was", run(t, r, "print(x, os.listdir('/'), open('/keep.txt').read())"), "round %d", round)
		run(t, r, fmt.Sprintf(`
import socket
x = 2
f = open('/keep.txt', 'r+'); f.write('AS'); f.close()
open('/new.txt', 'w').close()
os.mkdir('/d'); os.chdir('/d')
s = socket.socket(); s.connect(('127.0.0.1', %d))
big = [bytearray(100000) for _ in range(250)]  # the memory grows
`, l.Addr().(*net.TCPAddr).Port))
		peer, err := l.Accept()
		require.NoError(t, err)
		require.NoError(t, b.Rollback(t.Context(), t.Name()))
		require.NoError(t, peer.SetReadDeadline(time.Now().Add(time.Minute)))
		_, err = peer.Read(make([]byte, 1))
		require.Error(t, err)
		require.NotContains(t, err.Error(), "timeout", "the connection outlived the rollback")
		peer.Close()
	}
}

func TestARollbackNeedsACheckpointOfItsName(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", map[string][]byte{"/own": []byte(rand.Text())}) // no other board is alike, of no earlier test either
	require.ErrorIs(t, b.Rollback(t.Context(), t.Name()), board.ErrNoCheckpoint)
	require.NoError(t, b.Checkpoint(t.Context(), t.Name()))
	require.NoError(t, b.Rollback(t.Context(), t.Name()))
	require.ErrorIs(t, b.Rollback(t.Context(), "there"), board.ErrNoCheckpoint)
}

func TestACheckpointOutlivesAReset(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", nil)
	r := talk(t, b)
	run(t, r, "x = 1")
	require.NoError(t, b.Checkpoint(t.Context(), "before the reset"))
	require.NoError(t, b.Reset(t.Context()))
	require.NoError(t, r.Enter(t.Context()))
	require.Equal(t, "False", run(t, r, "print('x' in globals())"))
	require.NoError(t, b.Rollback(t.Context(), "before the reset"))
	require.Equal(t, "1", run(t, r, "print(x)"))
}

// What one board has come to, another takes over, and goes its own way from there.
func TestABoardCanBeTakenToTheCheckpointOfOneThatIsAlike(t *testing.T) {
	t.Parallel()
	for _, release := range sim.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			files := map[string][]byte{"/a.py": []byte("n = 1\n")}
			first, second := power(t, "sim@"+release, files), power(t, "sim@"+release, files)
			r := talk(t, first)
			run(t, r, "import a, os, time\nopen('/new', 'w').close()\nbig = [bytearray(100000) for _ in range(40)]")
			require.NoError(t, first.Checkpoint(t.Context(), t.Name()))
			run(t, r, "a.n = 2\nos.remove('/new')")

			s := talk(t, second)
			require.NoError(t, second.Rollback(t.Context(), t.Name()))
			const look = "print(a.n, len(big), 'new' in os.listdir('/'))"
			require.Equal(t, "1 40 True", run(t, s, look))
			require.Equal(t, "2 40 False", run(t, r, look))
			run(t, s, "a.n = 3; time.sleep_ms(1); len(os.urandom(3))")
			require.NoError(t, first.Close())
			require.Equal(t, "3 40 True", run(t, s, look))
		})
	}
}

func TestBoardsThatAreNotAlikeDoNotShareCheckpoints(t *testing.T) {
	t.Parallel()
	files := func(content string) map[string][]byte { return map[string][]byte{"/a": []byte(content)} }
	first := power(t, "sim", files("1"))
	require.NoError(t, first.Checkpoint(t.Context(), t.Name()))
	for _, other := range []*sim.Board{power(t, "sim", files("2")), power(t, "sim@1.24", files("1"))} {
		require.ErrorIs(t, other.Rollback(t.Context(), t.Name()), board.ErrNoCheckpoint)
	}
	require.NoError(t, power(t, "sim@1.29", files("1")).Rollback(t.Context(), t.Name()))
}

func TestACheckpointWithOpenFilesIsItsOwnBoardsAlone(t *testing.T) {
	t.Parallel()
	first, second := power(t, "sim", nil), power(t, "sim", nil)
	r := talk(t, first)
	run(t, r, "f = open('/x', 'w'); f.write('12')")
	require.NoError(t, first.Checkpoint(t.Context(), t.Name()))
	require.ErrorIs(t, second.Rollback(t.Context(), t.Name()), vm.ErrNotPortable)
	require.Equal(t, "5", run(t, talk(t, second), "print(2 + 3)"))
	require.NoError(t, first.Rollback(t.Context(), t.Name()))
	require.Equal(t, "12", run(t, r, "f.close(); print(open('/x').read())"))
}

func TestACheckpointOfABoardThatIsBusyEndsWithItsContext(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", nil)
	r := talk(t, b)
	_, err := r.Start(t.Context(), "while True: pass")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.ErrorContains(t, b.Checkpoint(ctx, t.Name()), "not at its prompt")
	require.NoError(t, b.Reset(t.Context()))
	require.NoError(t, b.Checkpoint(t.Context(), t.Name()))
}

// A regular expression that recurses too deep is a trap in the VM: the board dies
// of it, says so, and starts anew; others do not notice.
func TestABoardWhoseVMCrashesSaysSoAndStartsAnew(t *testing.T) {
	t.Parallel()
	b, other := power(t, "sim", nil), power(t, "sim", nil)
	r, o := talk(t, b), talk(t, other)
	run(t, o, "x = 1")
	err := r.Exec(t.Context(), "import re\nre.match('(a*)*b', 'a' * 28)", nil)
	require.ErrorContains(t, err, "Panic: the MicroPython VM crashed")
	require.NoError(t, r.Enter(t.Context()))
	require.Equal(t, "2", run(t, r, "print(1 + 1)"))
	require.Equal(t, "1", run(t, o, "print(x)"))
}

// None of these loops enters Go of its own accord, or reacts to an interrupt.
func TestABoardThatHangsIsClosedWithinAMoment(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]string{
		"a loop":                       "while True: pass",
		"a loop that keeps interrupts": "while True:\n  try:\n    while True: pass\n  except KeyboardInterrupt: pass",
		"a regular expression":         "import re\nre.match('(a|a)*b', 'a' * 60)",
		"a wait for nobody":            "import socket\ns = socket.socket()\ns.bind(('', 0))\ns.listen()\ns.accept()",
		"a sleep":                      "import time\ntime.sleep(1000)",
		"a read":                       "import sys\nsys.stdin.read(1)",
		"a print that nobody reads":    "while True: print('x' * 1000)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := power(t, "sim", nil)
			r := talk(t, b)
			_, err := r.Start(t.Context(), code)
			require.NoError(t, err)
			done := make(chan error)
			go func() { done <- b.Close() }()
			select {
			case err := <-done:
				require.NoError(t, err)
			case <-time.After(time.Minute):
				t.Fatal("the board is still there")
			}
		})
	}
}

func TestABoardReachesItsOwnListenersAlone(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", nil)
	r := talk(t, b)
	stranger, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer stranger.Close()
	own, host, err := b.Listen(t.Context(), "main")
	require.NoError(t, err)

	connect := func(l net.Listener) string {
		return run(t, r, fmt.Sprintf("import socket\ns = socket.socket()\ntry:\n  s.connect((%q, %d)); print('connected')\nexcept OSError as e:\n  print(e.errno)\ns.close()", host, l.Addr().(*net.TCPAddr).Port))
	}
	require.Equal(t, "111", connect(stranger))
	require.Equal(t, "connected", connect(own))
	require.NoError(t, own.Close())
	require.Equal(t, "111", connect(own))
}

func TestNamesOtherThanLocalhostAreUnknown(t *testing.T) {
	t.Parallel()
	r := talk(t, power(t, "sim", nil))
	require.Equal(t, "[(2, 1, 0, '', ('127.0.0.1', 80))]", run(t, r, "import socket\nprint(socket.getaddrinfo('localhost', 80))"))
	require.Equal(t, "-2", run(t, r, "try:\n  socket.getaddrinfo('example.com', 80)\nexcept OSError as e:\n  print(e.errno)"))
}

func TestROMCannotBeWritten(t *testing.T) {
	t.Parallel()
	r := talk(t, power(t, "sim", nil))
	require.Equal(t, "30", run(t, r, "try:\n  open('/rom/lib/socket.py', 'w')\nexcept OSError as e:\n  print(e.errno)"))
}

func TestJavaScriptIsOutOfReachAndSaysSo(t *testing.T) {
	t.Parallel()
	r := talk(t, power(t, "sim", nil))
	err := r.Exec(t.Context(), "import js\njs.document", nil)
	require.ErrorContains(t, err, "JavaScript")
}

func TestAProgramMayOpenAndCloseAnyNumberOfSockets(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", nil)
	r := talk(t, b)
	l, host, err := b.Listen(t.Context(), "main")
	require.NoError(t, err)
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	require.Equal(t, "b'' [Errno 9] EBADF", run(t, r, fmt.Sprintf(`
import socket
for i in range(300):
  s = socket.socket()
  s.connect(socket.getaddrinfo(%q, %d)[0][-1])
  got = s.recv(1)
  s.close()
try:
  s.read(1)
except OSError as e:
  print(got, e)
`, host, l.Addr().(*net.TCPAddr).Port)))
}
