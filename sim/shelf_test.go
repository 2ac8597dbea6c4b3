package sim_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
)

// Not parallel: the shelf is one for all boards, and this test empties it.
func TestOfManyCheckpointsThoseUsedLastAreKept(t *testing.T) {
	const kept = 32
	b := power(t, "sim", nil)
	name := func(n int) string { return fmt.Sprint(t.Name(), " ", n) }
	for n := range 3 * kept {
		require.NoError(t, b.Checkpoint(t.Context(), name(n)))
		require.NoError(t, b.Rollback(t.Context(), name(0)))
	}
	require.NoError(t, b.Rollback(t.Context(), name(3*kept-1)))
	require.NoError(t, b.Rollback(t.Context(), name(2*kept+1)))
	require.ErrorIs(t, b.Rollback(t.Context(), name(2*kept)), board.ErrNoCheckpoint)
	require.ErrorIs(t, b.Rollback(t.Context(), name(1)), board.ErrNoCheckpoint)
	require.Less(t, snapshotFiles(t), 2*kept, "files of dropped checkpoints are closed")
}
