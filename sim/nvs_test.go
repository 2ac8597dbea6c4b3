package sim_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
)

// They are in the folder of its flash, where a program sees no file of them.
func TestAnESP32sValuesAreKeptWithItsFlash(t *testing.T) {
	t.Parallel()
	spec, err := sim.Parse("sim:esp32")
	require.NoError(t, err)
	spec.Flash = t.TempDir()
	board := func() (*sim.Board, *repl.REPL) {
		b, err := sim.New(t.Context(), spec, nil)
		require.NoError(t, err)
		t.Cleanup(func() { _ = b.Close() })
		return b, talk(t, b)
	}
	b, r := board()
	run(t, r, "from esp32 import NVS\nn = NVS('space')\nn.set_i32('a', -7)\nn.set_i32('gone', 1)\nn.erase_key('gone')")
	require.Equal(t, "['boot.py']", run(t, r, "import os\nprint([n for n in os.listdir('/') if n not in ('rom', 'lib')])"))
	var raised *repl.PythonError
	require.ErrorAs(t, r.Exec(t.Context(), "open('/.nvs', 'w')", nil), &raised)
	require.Equal(t, 30, *raised.Errno) // EROFS
	require.NoError(t, b.Close())

	_, r = board()
	require.Equal(t, "-7 True", run(t, r, `
from esp32 import NVS
n = NVS('space')
print(n.get_i32('a'), end=' ')
try: n.get_i32('gone')
except OSError: print(True)`))

	require.NoError(t, os.WriteFile(filepath.Join(spec.Flash, ".nvs"), []byte("{"), 0o600))
	_, err = sim.New(t.Context(), spec, nil)
	require.ErrorContains(t, err, "reading the values of the chip's NVS")
}

func TestAnESP32sValuesOutliveItsPower(t *testing.T) {
	t.Parallel()
	b := power(t, "sim:esp32", nil)
	r := talk(t, b)
	require.Equal(t, "-4354 -4364 -4361", run(t, r, `
from esp32 import NVS
n = NVS('space')
def no(f):
  try: f()
  except OSError as e: return e.errno
missing = no(lambda: n.get_i32('a'))
n.set_i32('a', -7)
n.set_blob('b', b'\x00 blob')
n.set_blob('empty', b'')
short = no(lambda: n.get_blob('b', bytearray(2)))
print(missing, short, no(lambda: n.set_i32('x' * 16, 1)))
n.commit()`))
	require.NoError(t, b.CyclePower(t.Context()))
	require.NoError(t, r.Enter(t.Context()))
	require.Equal(t, "-7 6 b'\\x00 blob' 0 False", run(t, r, `
from esp32 import NVS
n = NVS('space')
buf = bytearray(6)
print(n.get_i32('a'), n.get_blob('b', buf), bytes(buf), n.get_blob('empty', buf), end=' ')
n.erase_key('a')
try: n.get_i32('a'); print(True)
except OSError: print(False)`))
	require.ErrorContains(t, r.Exec(t.Context(), "from esp32 import NVS\nNVS('other').get_blob('b', bytearray(9))", nil), "ESP_ERR_NVS_NOT_FOUND")
}
