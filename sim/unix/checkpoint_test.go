//go:build peers

package unix_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
)

func TestUnixBoardGoesBackToItsMemoryAndFiles(t *testing.T) {
	t.Parallel()
	b := power(t, "unix", map[string][]byte{"/kept.txt": []byte("kept"), "/lib/x.py": []byte("x = 1\n")})
	r, _ := talk(t, b)
	run(t, r, "import gc\nn = 1\nopen('/more.txt', 'w').write('more')")
	const ask = "import os\ngc.collect()\nprint(n, gc.mem_free(), sorted(os.listdir('/')), open('/kept.txt').read(), open('/lib/x.py').read())"
	require.NoError(t, b.Checkpoint(t.Context(), "here"))
	want := run(t, r, ask)
	for i := range 20 {
		run(t, r, fmt.Sprintf("n = [bytearray(1000) for _ in range(%d)]\nopen('/kept.txt', 'w').write('lost')\nos.remove('/more.txt')\nos.mkdir('/d')\nos.remove('/lib/x.py')", i))
		require.NoError(t, b.Rollback(t.Context(), "here"))
		require.Equal(t, want, run(t, r, ask))
	}
	require.Len(t, children(t, b), 2, "one that waits, one that runs")
}

func TestUnixBoardGoesBackWhateverItDoes(t *testing.T) {
	t.Parallel()
	b := power(t, "unix", nil)
	r, uart := talk(t, b)
	require.NoError(t, b.Checkpoint(t.Context(), "here"))
	for name, code := range map[string]string{
		"busy and deaf":        "import micropython\nmicropython.kbd_intr(-1)\nwhile True: pass",
		"prints without end":   "while True: print('x' * 1000)",
		"reads":                "import sys\nsys.stdin.read(100000)",
		"has been reset":       "raise SystemExit",
		"is at its prompt":     "pass",
		"says it is elsewhere": "print(chr(0) + 'espy 1 1')",
	} {
		_, err := r.Start(t.Context(), code)
		require.NoError(t, err, name)
		_, err = uart.Write([]byte("some more\r\n"))
		require.NoError(t, err)
		require.NoError(t, b.Rollback(t.Context(), "here"), name)
		require.NoError(t, r.Enter(t.Context()), name)
		require.Equal(t, "2", run(t, r, "print(1 + 1)"), name)
	}
}

func TestUnixBoardThatGoesBackHangsUp(t *testing.T) {
	t.Parallel()
	b := power(t, "unix", nil)
	r, _ := talk(t, b)
	l, _, err := b.Listen(t.Context(), "main")
	require.NoError(t, err)
	defer l.Close()
	require.NoError(t, b.Checkpoint(t.Context(), "here"))
	_, err = r.Start(t.Context(), fmt.Sprintf("import socket\ns = socket.socket()\ns.connect(socket.getaddrinfo('127.0.0.1', %d)[0][-1])\ns.recv(1)", l.Addr().(*net.TCPAddr).Port))
	require.NoError(t, err)
	c, err := l.Accept()
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, b.Rollback(t.Context(), "here"))
	require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Minute)))
	_, err = c.Read(make([]byte, 1))
	require.Error(t, err)
	require.False(t, os.IsTimeout(err), "its connections are gone")
}

func TestUnixBoardHasCheckpointsOfSeveralNames(t *testing.T) {
	t.Parallel()
	b := power(t, "unix", nil)
	r, _ := talk(t, b)
	require.ErrorIs(t, b.Rollback(t.Context(), "first"), board.ErrNoCheckpoint)
	for _, name := range []string{"first", "second", "third"} {
		run(t, r, "name = '"+name+"'")
		require.NoError(t, b.Checkpoint(t.Context(), name))
	}
	for _, name := range []string{"third", "second", "second", "first"} {
		require.NoError(t, b.Rollback(t.Context(), name))
		require.Equal(t, name, run(t, r, "print(name)"))
	}
	require.ErrorIs(t, b.Rollback(t.Context(), "third"), board.ErrNoCheckpoint, "it was later than the first")
	run(t, r, "name = 'new'")
	require.NoError(t, b.Checkpoint(t.Context(), "first"))
	run(t, r, "name = 'other'")
	require.NoError(t, b.Rollback(t.Context(), "first"))
	require.Equal(t, "new", run(t, r, "print(name)"))
	require.NoError(t, b.Reset(t.Context()))
	require.ErrorIs(t, b.Rollback(t.Context(), "first"), board.ErrNoCheckpoint, "its process is gone")
	require.NoError(t, r.Enter(t.Context()))
	require.Len(t, children(t, b), 1)
}

func TestUnixBoardWithACheckpointIsInterruptedCrashesAndEndsLikeAnyOther(t *testing.T) {
	t.Parallel()
	b := power(t, "unix", nil)
	r, uart := talk(t, b)
	require.NoError(t, b.Checkpoint(t.Context(), "one"))
	require.NoError(t, b.Checkpoint(t.Context(), "two"))
	interrupt(t, r, "while True: pass", 0)
	p, err := r.Start(t.Context(), "import uctypes\nuctypes.bytes_at(8, 4)")
	require.NoError(t, err)
	require.Contains(t, heardUntil(t, p, "Rebooting..."), "segmentation fault")
	require.NoError(t, r.Enter(t.Context()))
	require.Len(t, children(t, b), 1)
	require.NoError(t, b.Checkpoint(t.Context(), "one"))
	for _, pid := range children(t, b) {
		require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	}
	require.Contains(t, readUntil(t, uart, "Rebooting..."), "killed")
	require.NoError(t, r.Enter(t.Context()))
	require.NoError(t, b.Checkpoint(t.Context(), "one"))
	require.NoError(t, b.Close())
	require.Empty(t, children(t, b))
}

func TestUnixBoardThatIsBusyTakesNoCheckpoint(t *testing.T) {
	t.Parallel()
	b := power(t, "unix", nil)
	r, _ := talk(t, b)
	p, err := r.Start(t.Context(), "while True: pass")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.ErrorContains(t, b.Checkpoint(ctx, "here"), "not at its prompt")
	require.NoError(t, r.Interrupt(t.Context()))
	require.Error(t, p.Wait(t.Context()))
	require.NoError(t, b.Checkpoint(t.Context(), "here"))
	run(t, r, "x = 1")
	require.NoError(t, b.Rollback(t.Context(), "here"))
	require.Equal(t, "False", run(t, r, "print('x' in globals())"))
}
