package sim_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

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
