//go:build peers

package html_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/digest"
	"github.com/espy-hil/espy/hil/report/jsonfile"
)

// The first thing that broke is shown beside the runs. This is the picture of the README
// as well: make report-picture has it made of a run of the bundled scenarios, whose
// results ESPY_RESULTS names.
func TestPeerPicture(t *testing.T) {
	t.Parallel()
	r := night()
	if path := os.Getenv("ESPY_RESULTS"); path != "" {
		var err error
		r, err = jsonfile.Read(path)
		require.NoError(t, err)
	}
	found := digest.Findings(r)
	require.NotEmpty(t, found)
	run := &r.Runs[found[0].Runs[0]]
	b := browse(t, page(t, r), "")
	b.Size(1360, 880)
	b.Content(`location.hash = "` + fragment(run) + `"`)
	b.shown(run.ID())
	require.Contains(t, b.Text("#run .difference"), run.Diffs[0].Field)
	for _, scheme := range []string{"light", "dark"} {
		b.Prefers(scheme)
		b.Shoot("report-" + scheme)
	}
	b.satisfied()
}
