//go:build peers

package sim_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/runtimes"
)

// questions are about the language and its modules, not about the board around
// them: the VM that espy runs must answer as it does under its own JavaScript host.
const questions = `
import sys, json, gc, struct, binascii, hashlib, re, errno
print(sys.implementation.name, sys.implementation.version, sys.implementation._mpy, sys.platform)
print(json.loads('{"a": [1, 2.5, "ü", null, true]}'), json.dumps({"k": 1e30}))
print(1 << 100, 10 ** 20 // 7, 0.1 + 0.2, float("1e400"), round(2.5), -7 // 2, divmod(-7, 3))
print(struct.unpack("<HI", b"\x01\x02\x03\x04\x05\x06"), binascii.crc32(b"espy"), binascii.hexlify(hashlib.sha256(b"x").digest()))
print(re.match("(a+)(b*)", "aab").group(2), errno.ETIMEDOUT, "%08x|%5.2f|%r" % (255, 3.14159, "q"))
print([x * x for x in range(10)], {1, 2} | {3}, "a,b".split(","), b"\xff".hex(), bytes(range(4)))
def deep(n):
    return n if n == 0 else deep(n - 1)
print(deep(20))
for bad in ("1/0", "[][1]", "{}['k']", "undefined", "int('x')", "b'\xff'.decode()", "bytearray(1 << 40)", "(1).x", "raise_ = 1 +"):
    try:
        exec(bad)
    except Exception as e:
        print(type(e).__name__, e)
def gen():
    x = yield 1
    print("sent", x)
    yield 2
g = gen()
print(next(g), g.send("v"))
class C:
    def __getattr__(self, k):
        return k
    def __call__(self, *a, **k):
        return a, k
print(C().name, C()(1, b=2), f"{1 + 1}!")
try:
    try:
        raise ValueError("inner")
    finally:
        print("finally")
except ValueError as e:
    print("caught", e)
print(sum(i for i in range(100000)))
`

func TestPeerTheVMAnswersAsUnderItsOwnHost(t *testing.T) {
	t.Parallel()
	dir, err := runtimes.Fetch(t.Context(), func(string, ...any) {})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "questions.py")
	require.NoError(t, os.WriteFile(file, []byte(questions), 0o600))
	for _, release := range sim.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			theirs, err := exec.CommandContext(t.Context(), "node",
				filepath.Join(dir, "node_modules", "micropython-"+release, "micropython.mjs"), file).CombinedOutput()
			require.NoError(t, err, "%s", theirs)
			ours := run(t, talk(t, power(t, "sim:"+release, nil)), questions)
			require.Equal(t, strings.TrimSpace(string(theirs)), strings.ReplaceAll(ours, "\r\n", "\n"))
		})
	}
}
