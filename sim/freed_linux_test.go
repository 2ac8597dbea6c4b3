package sim_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/sim"
)

// mappings are how many memories of VMs there are, each of which begins as a snapshot's,
// and how many snapshots.
func mappings(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/maps")
	require.NoError(t, err)
	return bytes.Count(text, []byte("espy-snapshot"))
}

func openFiles(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(all)
}

// It does not run beside others, which have boards of their own.
func TestABoardThatIsClosedLeavesNothing(t *testing.T) {
	use := func() {
		spec, err := sim.Parse("sim:esp32+latency=1ms+baud=10000000")
		require.NoError(t, err)
		b, err := sim.New(t.Context(), spec, nil)
		require.NoError(t, err)
		require.Positive(t, mappings(t))
		l, host, err := b.Listen(t.Context(), "main")
		require.NoError(t, err)
		r := talk(t, b)
		run(t, r, fmt.Sprintf(`
import socket, machine
a = socket.socket(); a.connect((%q, %d)); a.send(b'x')
l = socket.socket(); l.bind(('127.0.0.1', 0)); l.listen()
f = open('/x', 'w'); f.write('y')
big = [bytearray(100000) for _ in range(100)]
machine.WDT(timeout=100000)`, host, l.Addr().(*net.TCPAddr).Port))
		c, err := l.Accept()
		require.NoError(t, err)
		_, err = io.ReadFull(c, make([]byte, 1))
		require.NoError(t, err)
		require.NoError(t, b.Reset(t.Context()))
		require.NoError(t, r.Enter(t.Context()))
		_, err = r.Start(t.Context(), "while True: pass")
		require.NoError(t, err)
		require.NoError(t, b.Close())
		require.NoError(t, c.Close())
		require.NoError(t, l.Close())
	}
	use() // what the process keeps for all boards
	goroutines, files, maps := goleak.IgnoreCurrent(), openFiles(t), mappings(t)
	for range 5 {
		use()
	}
	goleak.VerifyNone(t, goroutines)
	require.Equal(t, files, openFiles(t), "open files")
	require.Equal(t, maps, mappings(t), "mappings")
}
