package rig_test

import (
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/noise"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/sim"
)

var noisyDeploys = flag.Int("noisy-deploys", 0, "how many boards get their firmware over a line that hits 1 % of all bytes: make soak has 8")

// A board that has nothing yet gets its firmware over a bad line as well.
func TestABadLineIsDeployedOver(t *testing.T) {
	t.Parallel()
	boards, share := uint64(*noisyDeploys), 0.01
	if boards == 0 {
		boards, share = 2, 0.002
	}
	files, err := rig.Firmware(t.Context(), "py", nil, false)
	require.NoError(t, err)
	for seed := range boards {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			spec, err := sim.Parse("sim")
			require.NoError(t, err)
			b, err := sim.New(t.Context(), spec, nil)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, b.Close()) })
			link, err := agent.Open(t.Context(), noise.Line{Seed: *noiseSeed<<32 + seed, Share: share}.Board(b), files)
			require.NoError(t, err)
			require.Equal(t, files.Hash, link.Hello().Firmware.Hash)
			require.NoError(t, link.Close())
		})
	}
}
