package rig_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/scenarios"
)

// The command of the user's own map is run for a board that stays silent, and the board
// that comes back by it is spoken to.
func TestABoardThatIsSilentHasItsPowerCut(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Setenv("ESPY_LEASES", t.TempDir())
	silent, well := filepath.Join(dir, "silent"), filepath.Join(dir, "well")
	dead(t, silent)
	newCable(t).plug(well)
	link := filepath.Join(dir, "board")
	require.NoError(t, os.Symlink(silent, link))
	own := scenarios.OwnHardwareName()
	require.True(t, strings.HasPrefix(own, dir), own)
	require.NoError(t, os.MkdirAll(filepath.Dir(own), 0o700))
	require.NoError(t, os.WriteFile(own, fmt.Appendf(nil, "boards:\n  bench: {device: %q, power: [ln, -sfn, %q, %q]}\n", link, well, link), 0o600))

	var out strings.Builder
	err := rig.AtREPL(t.Context(), "bench", "", "espy deploy", func(ctx context.Context, _ board.Board, r *repl.REPL) error {
		return r.Exec(ctx, "print(6 * 7)", &out)
	})
	require.NoError(t, err)
	require.Equal(t, "42\r\n", out.String())

	// The boards of runs have one wrapper more.
	require.NoError(t, os.Remove(link))
	config, err := rig.Wire(t.Context(), rig.Choice{On: []string{"bench"}})
	require.NoError(t, err)
	b, err := config.Boards[0].Power(t.Context())
	require.NoError(t, err)
	defer b.Close()
	c, ok := board.As[board.PowerCycler](b)
	require.True(t, ok)
	require.NoError(t, c.PowerCycle(t.Context()))
	to, err := os.Readlink(link)
	require.NoError(t, err)
	require.Equal(t, well, to)
}
