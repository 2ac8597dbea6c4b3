//go:build peers

package unix_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/repl"
)

// busy are programs that an interrupt meets in what a board does: the interpreter,
// the allocator, the collector, waits, input, output, the network.
func busy(t testing.TB, l net.Listener) []string {
	t.Helper()
	dials := `import socket
a = socket.getaddrinfo("127.0.0.1", %d)[0][-1]
while True:
  s = socket.socket()
  try:
    s.connect(a)
    s.recv(1)
  finally:
    s.close()
`
	go func() { // takes what comes, until the listener is closed
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	return []string{
		"while True: pass",
		"while True: x = [bytearray(100) for _ in range(50)]",
		"import gc\nwhile True: gc.collect()",
		"import time\nwhile True: time.sleep_ms(1)",
		"import time\ntime.sleep(60)",
		"import sys\nsys.stdin.read(1)",
		"while True: print(end='')",
		fmt.Sprintf(dials, l.Addr().(*net.TCPAddr).Port),
	}
}

// interrupt runs a program, interrupts it a moment after its start, and gives how
// long that took to be answered.
func interrupt(t testing.TB, r *repl.REPL, program string, moment time.Duration) time.Duration {
	t.Helper()
	p, err := r.Start(t.Context(), "print('ready')\n"+program)
	require.NoError(t, err)
	// Before it runs, an interrupt is a byte like any other, as on every board.
	for out := ""; !strings.HasSuffix(out, "ready\r\n"); {
		piece, err := p.Output(t.Context())
		require.NoError(t, err)
		out += string(piece)
	}
	time.Sleep(moment)
	begun := time.Now()
	require.NoError(t, r.Interrupt(t.Context()))
	err = p.Wait(t.Context())
	took := time.Since(begun)
	var raised *repl.PythonError
	require.ErrorAs(t, err, &raised, program)
	require.Equal(t, "KeyboardInterrupt", raised.Type, raised.Traceback)
	require.Equal(t, "1000", run(t, r, "print(len(bytearray(1000)))"), "the heap is locked")
	return took
}

// moments are where an interrupt may come, up to 3 ms after the start: seeded.
func moments() func() time.Duration {
	chance := rand.New(rand.NewPCG(1, 2))
	return func() time.Duration { return time.Duration(chance.IntN(3000)) * time.Microsecond }
}

// Nothing is left locked, and nothing is lost, whenever the interrupt comes. How
// soon it is answered is the benchmark's to say.
func TestUnixBoardAnswersInterruptsAtRandomMoments(t *testing.T) {
	t.Parallel()
	b := power(t, "unix:esp8266", nil)
	r, _ := talk(t, b)
	l, _, err := b.Listen(t.Context(), "main")
	require.NoError(t, err)
	defer l.Close()
	programs, moment := busy(t, l), moments()
	for i := range 200 {
		interrupt(t, r, programs[i%len(programs)], moment())
	}
}

// A thousand soft resets on one pty: the process, what it has open, and its memory
// are as they were.
func TestUnixBoardIsResetAThousandTimesWithoutALeak(t *testing.T) {
	t.Parallel()
	b := power(t, "unix", nil)
	r, _ := talk(t, b)
	const use = "import gc, socket\nkept = [open('/f.txt', 'w'), socket.socket(), bytearray(100000)]\ngc.collect()\nprint(kept[1].fileno(), gc.mem_free())"
	first := run(t, r, use)
	before := held(t, children(t, b))
	for range 1000 {
		require.NoError(t, r.SoftReset(t.Context()))
	}
	require.Equal(t, first, run(t, r, use))
	after := held(t, children(t, b))
	require.Equal(t, before.pids, after.pids, "it is one process, and stays the same one")
	require.Equal(t, before.open, after.open, "file descriptors")
	require.InDelta(t, before.resident, after.resident, 512, "KiB in memory")
}

// holding is what processes hold.
type holding struct {
	pids     []int
	open     []string // descriptors and what they are of
	resident int      // KiB
}

func held(t *testing.T, pids []int) holding {
	t.Helper()
	h := holding{pids: pids}
	for _, pid := range pids {
		links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
		require.NoError(t, err)
		for _, link := range links {
			to, err := os.Readlink(link)
			require.NoError(t, err)
			to, _, _ = strings.Cut(to, ":[") // which socket it is
			h.open = append(h.open, filepath.Base(link)+" "+to)
		}
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		require.NoError(t, err)
		_, rest, found := strings.Cut(string(status), "VmRSS:")
		require.True(t, found)
		kib, err := strconv.Atoi(strings.Fields(rest)[0])
		require.NoError(t, err)
		h.resident += kib
	}
	return h
}

// What a program has opened ends with a soft reset, as on a board: the other end of
// a connection sees that.
func TestUnixBoardHangsUpWhenItIsReset(t *testing.T) {
	t.Parallel()
	b := power(t, "unix", nil)
	r, _ := talk(t, b)
	l, _, err := b.Listen(t.Context(), "main")
	require.NoError(t, err)
	defer l.Close()
	for name, reset := range map[string]func() error{
		"soft": func() error { return r.SoftReset(t.Context()) },
		"hard": func() error { return errors.Join(b.Reset(t.Context()), r.Enter(t.Context())) },
	} {
		run(t, r, fmt.Sprintf("import socket\ns = socket.socket()\ns.connect(socket.getaddrinfo('127.0.0.1', %d)[0][-1])", l.Addr().(*net.TCPAddr).Port))
		c, err := l.Accept()
		require.NoError(t, err)
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Minute)))
		require.NoError(t, reset())
		_, err = c.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF, "%s reset", name)
		require.NoError(t, c.Close())
	}
}
