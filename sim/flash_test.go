package sim_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
)

// powerAt powers a board whose flash is in a folder; what it warns of is in said.
func powerAt(t *testing.T, name, dir string, said *[]string) *sim.Board {
	t.Helper()
	spec, err := sim.Parse(name)
	require.NoError(t, err)
	spec.Flash = dir
	spec.Warn = func(text string) { *said = append(*said, text) }
	b, err := sim.New(t.Context(), spec, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

func TestAFlashInAFolderOutlivesItsBoard(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "anew")
	var said []string
	b := powerAt(t, "sim:esp32", dir, &said)
	r := talk(t, b)
	run(t, r, "import os\nos.mkdir('/lib')\nwith open('/lib/m.py', 'w') as f: f.write('x = 1\\n')\nf = open('/open.txt', 'w'); f.write('not closed')")
	read := func(name string) string {
		content, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		return string(content)
	}
	require.Equal(t, "x = 1\n", read("lib/m.py"))
	require.Contains(t, read("boot.py"), "executed on every boot")
	require.NoFileExists(t, filepath.Join(dir, "rom"))

	require.NoError(t, os.WriteFile(filepath.Join(dir, "lib", "m.py"), []byte("x = 2\n"), 0o644))
	require.NoError(t, r.SoftReset(t.Context()))
	require.Equal(t, "2", run(t, r, "import m\nprint(m.x)"))
	require.NoError(t, b.Close())
	require.Equal(t, "2", run(t, talk(t, powerAt(t, "sim:esp32@1.25", dir, &said)), "import m\nprint(m.x)"))
	require.Empty(t, said)
}

func TestAFlashIsAsLargeAsTheChipHasIt(t *testing.T) {
	t.Parallel()
	for chip, blocks := range map[string]string{"sim:esp32": "512", "sim:esp32-c3@1.24": "512", "sim:esp8266": "763", "sim": "512"} {
		t.Run(chip, func(t *testing.T) {
			t.Parallel()
			r := talk(t, power(t, chip, nil))
			require.Equal(t, blocks+" 28 True True", run(t, r, `
import os
s = os.statvfs('/')
free = s[3]
written = 0
f = open('/big', 'wb')
try:
  while True:
    f.write(bytes(4096))
    written += 1
except OSError as e:
  no = e.errno
f.close()
full = os.statvfs('/')[3] == 0 and written == free
os.remove('/big')
print(s[2], no, full, os.statvfs('/')[3] == free)`))
		})
	}
}

// Whatever the byte: what was there is there, what was being written is a part of
// itself, and the board is up again.
func TestPowerThatIsCutWhileItWritesLeavesWholeFilesAndOneTornOne(t *testing.T) {
	t.Parallel()
	for _, kept := range []bool{false, true} {
		dir := ""
		if kept {
			dir = t.TempDir()
		}
		var said []string
		b := powerAt(t, "sim:esp32", dir, &said)
		r := talk(t, b)
		run(t, r, "with open('/old', 'w') as f: f.write('old' * 1000)")
		for _, at := range []int{1, 2, 700, 1201} {
			b.CutPower(sim.Cut{Written: at})
			err := r.Exec(t.Context(), "with open('/new', 'w') as f:\n  for i in range(12): f.write('%0100d' % i)\nprint('all')", nil)
			require.ErrorIs(t, err, repl.ErrRestarted, "cut after %d", at)
			require.NoError(t, r.Enter(t.Context()))
			require.Equal(t, "1 True", run(t, r, "import machine\nprint(machine.reset_cause(), open('/old').read() == 'old' * 1000)"))
			var whole strings.Builder
			for i := range 12 {
				fmt.Fprintf(&whole, "%0100d", i)
			}
			require.Equal(t, whole.String()[:at-1], run(t, r, "print(open('/new').read(), end='')"))
			run(t, r, "import os\nos.remove('/new')")
		}
		run(t, r, "with open('/new', 'w') as f: f.write('power is back')")
	}
}

func TestAFlashWhoseFolderVanishesIsEIOToTheProgramAndALineToTheUser(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "flash")
	var said, none []string
	b := powerAt(t, "sim:esp8266", dir, &said)
	other := powerAt(t, "sim:esp8266", t.TempDir(), &none)
	r := talk(t, b)
	require.NoError(t, os.RemoveAll(dir))
	require.Equal(t, "5", run(t, r, "try: open('/x', 'w')\nexcept OSError as e: print(e.errno)"))
	require.NoError(t, r.SoftReset(t.Context()))
	require.Equal(t, "2", run(t, r, "print(1 + 1)"))
	require.NotEmpty(t, said)
	require.Contains(t, said[0], "board sim:esp8266: its flash: ")
	run(t, talk(t, other), "with open('/x', 'w') as f: f.write('1')")
	require.Empty(t, none)
}
