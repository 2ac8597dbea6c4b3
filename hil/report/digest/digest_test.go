package digest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/digest"
	"github.com/espy-hil/espy/hil/result"
)

func run(scenario, variant, board string, v result.Verdict, field, want, got, since string) result.Run {
	r := result.Run{Scenario: scenario, File: scenario + ".yaml", Variant: variant, Board: board, Client: "espy.requests", Verdict: v, Since: since}
	if field != "" {
		r.Diffs = []result.Diff{{Field: field, Want: want, Got: got}}
	}
	return r
}

func TestWhatBrokeIsSaidOnceHoweverManyRunsShowIt(t *testing.T) {
	t.Parallel()
	const before, now = "2026-11-24T01:00:00Z", "2026-11-25T01:00:00Z"
	r := &result.Report{Started: now, Previous: before, Runs: []result.Run{
		run("album", "", "sim", result.Pass, "", "", "", ""),
		run("album", "", "unix", result.Fail, "raises.type", "absent", "MemoryError", before),
		run("post", "", "unix", result.Fail, "raises.type", "absent", "MemoryError", now),
		run("version", "how=505", "sim", result.Diverged, "reason", "OK", "Fine", now),
		run("version", "how=426", "sim", result.Diverged, "reason", "Upgrade", "Fine", now),
		run("album", "", "lost", result.Rig, "rig", "a record", "no such device", before),
		run("broken", "", "sim", result.Fail, "", "", "", before),
		run("accepted", "", "sim", result.Known, "reason", "OK", "Fine", ""),
		run("with TLS", "", "sim", result.Skip, "", "", "", ""),
	}}
	want := []digest.Finding{
		{
			Verdict: result.Diverged, Diff: result.Diff{Field: "reason", Want: "OK", Got: "Fine"}, Alike: false, Scenarios: []string{"version"},
			Boards: []string{"sim"}, Clients: []string{"espy.requests"}, Runs: []int{3, 4}, Since: now, New: true,
		},
		{
			Verdict: result.Fail, Diff: result.Diff{Field: "raises.type", Want: "absent", Got: "MemoryError"}, Alike: true, Scenarios: []string{"album", "post"},
			Boards: []string{"unix"}, Clients: []string{"espy.requests"}, Runs: []int{1, 2}, Since: before,
		},
		{Verdict: result.Fail, Alike: true, Scenarios: []string{"broken"}, Boards: []string{"sim"}, Clients: []string{"espy.requests"}, Runs: []int{6}, Since: before},
		{
			Verdict: result.Rig, Diff: result.Diff{Field: "rig", Want: "a record", Got: "no such device"}, Alike: true, Scenarios: []string{"album"},
			Boards: []string{"lost"}, Clients: []string{"espy.requests"}, Runs: []int{5}, Since: before,
		},
	}
	if d := cmp.Diff(want, digest.Findings(r)); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
}

func TestWithoutPreviousResultsNothingIsNew(t *testing.T) {
	t.Parallel()
	r := &result.Report{Started: "2026-11-25T01:00:00Z", Runs: []result.Run{run("a", "", "sim", result.Fail, "reason", "OK", "Fine", "")}}
	require.False(t, digest.Findings(r)[0].New)
}
