//go:build peers

package recovery_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/recovery"
	"github.com/espy-hil/espy/sim/unix"
)

// What stands in boot.py and main.py must not keep anybody out, on a board that runs
// them as all ports do.
func TestUnixBoardIsReachedWhateverItsBootDoes(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]map[string][]byte{
		"boot.py crashes":             {"/boot.py": []byte("1 / 0\n")},
		"boot.py is no Python":        {"/boot.py": []byte("so it = is\n")},
		"boot.py loops":               {"/boot.py": []byte("while True: pass\n")},
		"boot.py prints":              {"/boot.py": []byte("while True: print('x' * 200)\n")},
		"main.py crashes":             {"/main.py": []byte("raise OSError(5)\n")},
		"main.py loops":               {"/main.py": []byte("while True: pass\n")},
		"main.py prints":              {"/main.py": []byte("while True: print('raw REPL; CTRL-B to exit\\r\\n>')\n")},
		"main.py sleeps":              {"/main.py": []byte("import time\nwhile True: time.sleep(10)\n")},
		"main.py swallows everything": {"/main.py": []byte("while True:\n try:\n  while True: pass\n except BaseException as e:\n  print('no', e)\n")},
		"main.py waits for input":     {"/main.py": []byte("while True: input()\n")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			recovers(t, power(t, files))
		})
	}
}

// Nothing reaches a main.py that has Ctrl-C switched off. It is said to be the one.
func TestUnixBoardThatNothingReachesIsToldOf(t *testing.T) {
	t.Parallel()
	_, _, err := recovery.Open(t.Context(), power(t, map[string][]byte{
		"/main.py": []byte("import micropython, time\nmicropython.kbd_intr(-1)\nwhile True: time.sleep(1)\n"),
	}))
	require.True(t, recovery.Final(err))
	require.ErrorContains(t, err, "its main.py never ends and swallows Ctrl-C")
}

func power(t *testing.T, files map[string][]byte) *unix.Board {
	t.Helper()
	spec, err := unix.Parse("unix")
	require.NoError(t, err)
	b, err := unix.New(t.Context(), spec, files)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}
