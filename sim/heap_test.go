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

// The host counts the heap as the VM itself does: on each release, one and the same
// program prints the same on a board whose VM walks its heap itself.
func TestTheHeapIsCountedAsTheVMCountsIt(t *testing.T) {
	t.Parallel()
	for _, release := range runtimes.Releases() {
		t.Run(release.Name, func(t *testing.T) {
			t.Parallel()
			itself := release
			itself.Heap = runtimes.Heap{}
			for seed := range 3 {
				var printed [2]string
				for i, r := range []runtimes.Release{itself, release} {
					b, err := sim.New(t.Context(), sim.Spec{Name: "sim", Release: r}, nil)
					require.NoError(t, err)
					talks := talk(t, b)
					for range 2 { // the second time the heap has gaps, and is collected before
						printed[i] += run(t, talks, fmt.Sprintf(fillAndFree, seed))
					}
					require.NoError(t, b.Close())
				}
				require.Contains(t, printed[0], "GC: total:")
				require.Equal(t, printed[0], printed[1])
			}
		})
	}
}
