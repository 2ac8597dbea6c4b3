//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/result"
)

// However few file descriptors there are, no verdict says anything on the firmware
// that is not so. These scenarios have no time limits that a busy machine could miss;
// all of them pass, or are skipped for what the board lacks, so each is that or rig.
func TestARunThatIsShortOfFileDescriptorsIsTheRigs(t *testing.T) {
	t.Parallel()
	spoilt := 0
	for limit := 16; limit <= 48; limit += 4 {
		script := fmt.Sprintf("ulimit -n %d && exec espy run --jobs 8 --json - ../../scenarios/tutorial ../../scenarios/version", limit)
		out, err := exec.CommandContext(t.Context(), "sh", "-c", script).Output() // espy: see TestMain
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == statusUsage {
			continue // too few even to read the scenarios
		}
		var report result.Report
		require.NoError(t, json.Unmarshal(out, &report), "with %d: %v", limit, err)
		for i := range report.Runs {
			r := &report.Runs[i]
			require.Contains(t, []result.Verdict{result.Pass, result.Rig, result.Skip}, r.Verdict, "with %d: %s: %+v", limit, r.Scenario, r.Diffs)
		}
		spoilt += report.Totals.Rig
	}
	require.NotZero(t, spoilt, "there were always enough")
}
