package boardtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/boardtest"
	"github.com/espy-hil/espy/sim"
)

// The suite is tried on the board that is always there.
func TestVirtualBoardConforms(t *testing.T) {
	t.Parallel()
	boardtest.Run(t, func(t *testing.T) board.Board {
		spec, err := sim.Parse("sim")
		require.NoError(t, err)
		b, err := sim.New(t.Context(), spec, nil)
		require.NoError(t, err)
		t.Cleanup(func() { _ = b.Close() })
		return b
	})
}
