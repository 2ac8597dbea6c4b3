package vm

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestMemoryBeyondAnImageHoldsNothingOfALargerOne(t *testing.T) {
	t.Parallel()
	const small, large = 64 << 10, 128 << 10
	m, err := newLinear(large)
	require.NoError(t, err)
	defer m.Free()
	memory := m.Reallocate(large)
	memory[0] = 1
	former, err := m.save(memory[:small])
	require.NoError(t, err)
	defer former.close()
	memory[large-1] = 2
	later, err := m.save(memory)
	require.NoError(t, err)
	defer later.close()

	require.NoError(t, former.restore(m))
	require.Equal(t, []byte{1, 0}, []byte{memory[0], memory[large-1]})
	require.NoError(t, later.restore(m))
	require.Equal(t, []byte{1, 2}, []byte{memory[0], memory[large-1]})
}

// Whatever is written, saved and gone back to, and however the memory grows: it holds what
// a plain copy of it would.
func TestMemoryIsWhatItWasWhenItWasSaved(t *testing.T) {
	t.Parallel()
	const most = 1 << 20
	rapid.Check(t, func(t *rapid.T) {
		m, err := newLinear(most)
		require.NoError(t, err)
		defer m.Free()
		type saved struct {
			image image
			copy  []byte
		}
		var all []saved
		size := 64 << 10
		memory, model := m.Reallocate(uint64(size)), make([]byte, most)
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				at, n := rapid.IntRange(0, size-1).Draw(t, "at"), rapid.IntRange(1, 9000).Draw(t, "n")
				b := rapid.Byte().Draw(t, "b") // 0 is what a page begins with
				for i := at; i < min(at+n, size); i++ {
					memory[i], model[i] = b, b
				}
			},
			"read": func(t *rapid.T) { // the kernel finds a page for it
				at := rapid.IntRange(0, size-1).Draw(t, "at")
				require.Equal(t, model[at], memory[at])
			},
			"grow": func(*rapid.T) {
				size = min(most, 2*size)
				memory = m.Reallocate(uint64(size))
			},
			"save": func(t *rapid.T) {
				i, err := m.save(memory)
				require.NoError(t, err)
				all = append(all, saved{i, bytes.Clone(model[:size])})
			},
			"restore": func(t *rapid.T) {
				if len(all) == 0 {
					t.Skip("nothing saved")
				}
				s := rapid.SampledFrom(all).Draw(t, "which")
				require.NoError(t, s.image.restore(m))
				clear(model[copy(model, s.copy):])
			},
			"": func(t *rapid.T) { require.True(t, bytes.Equal(model[:size], memory)) },
		})
		for _, s := range all {
			s.image.close()
		}
	})
}
