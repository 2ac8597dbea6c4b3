package rig_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/recovery"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/rig"
)

// A board that is found dead before the runs is not brought to its prompt once more by
// them, and has no twin.
func TestABoardThatIsNotReadyIsGivenUpOnce(t *testing.T) {
	t.Setenv("ESPY_LEASES", t.TempDir())
	files := quiet(t, 3)
	link := filepath.Join(t.TempDir(), "silent")
	dead(t, link)
	name := "serial:" + link
	firmware, err := rig.Firmware(t.Context(), "py", nil, false)
	require.NoError(t, err)
	ready := rig.Prepare(t.Context(), []string{name}, "", firmware)
	require.ErrorAs(t, ready[0].Err, new(*recovery.Dead))
	require.Empty(t, ready[0].Twin)
	config, err := rig.Wire(t.Context(), rig.Choice{On: []string{name, "sim"}, NotReady: map[string]error{name: ready[0].Err}})
	require.NoError(t, err)
	_, err = config.Boards[0].Power(t.Context())
	require.Same(t, ready[0].Err, err, "it is not tried again")
	report := run.Scenarios(t.Context(), config, files)
	require.Equal(t, 3, counts(&report, name)[result.Rig])
	require.Zero(t, counts(&report, "sim")[result.Rig])
}
