package vm

import (
	"testing"

	"github.com/stretchr/testify/require"
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
