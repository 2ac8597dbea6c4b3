package sim_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/runtimes"
)

// fillAndFree makes a heap of objects of all sizes with gaps between them, and then more
// areas of the heap, and prints after each step what the VM knows of it.
const fillAndFree = `
import gc, micropython
def tell():
    print(gc.mem_alloc(), gc.mem_free())
    micropython.mem_info()
tell()
seed, kept = %d, {}
for i in range(3000):
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    n = (0, 1, 15, 16, 17, 31, 33, 64, 200, 1000)[(seed >> 8) %% 10]
    kept[(seed >> 16) %% 400] = bytearray(n)
    if i %% 500 == 0:
        tell()
more = [bytearray(100000) for _ in range(8)]
tell()
`

// namesWithoutEnd makes names that there are and names that there are not, of all lengths,
// has them found again in every way that programs have, and prints how many there are.
const namesWithoutEnd = `
import json, micropython
seed, made, found = %d, 0, 0
class Thing: pass
thing = Thing()
words = dir(__builtins__) if '__builtins__' in globals() else []
words += dir(json) + dir(str) + ['', 'a', 'ab', 'append', 'appendd', 'appen', 'zz', 'print', 'prin', 'printf', '\xe9', 'x' * 40, 'x' * 180]
for i in range(600):
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    name = words[seed %% len(words)] + ('', '_', 'x%%d' %% (seed >> 20), '%%d' %% i)[(seed >> 9) %% 4]
    if name.isdigit() or not name or not (name[0].isalpha() or name[0] == '_'):
        name = 'n' + name
    if hasattr(thing, name):
        found += 1
    setattr(thing, name, i)
    made += getattr(thing, name) == i
    assert json.loads('{"%%s": 1}' %% name)[name] == 1
    if i %% 100 == 0:
        exec('v%%d = %%d' %% (i, i))
        print(made, found)
        micropython.qstr_info()
print(sorted(dir(thing)))
`

// What the host does for the VM it does as the VM itself would: on each release, one and
// the same program prints the same on a board whose VM does it all.
func TestTheHostDoesWhatTheVMWouldDo(t *testing.T) {
	t.Parallel()
	for _, release := range runtimes.Releases() {
		itself := release
		itself.Layout = runtimes.Layout{}
		for name, program := range map[string]string{"the heap is counted": fillAndFree, "names are found": namesWithoutEnd} {
			t.Run(release.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				for seed := range 3 {
					var printed [2]string
					for i, r := range []runtimes.Release{itself, release} {
						b, err := sim.New(t.Context(), sim.Spec{Name: "sim", Release: r}, nil)
						require.NoError(t, err)
						talks := talk(t, b)
						for range 2 { // the second time the heap has gaps, and is collected before
							printed[i] += run(t, talks, fmt.Sprintf(program, seed))
						}
						require.NoError(t, b.Close())
					}
					require.Regexp(t, "GC: total:|qstr pool: n_pool=", printed[0])
					require.Equal(t, printed[0], printed[1])
				}
			})
		}
	}
}
