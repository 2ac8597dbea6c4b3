package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/scenarios"
)

// bench makes runs of scenarios; every one must pass, unless the board lacks what it needs.
func bench(b *testing.B, choice rig.Choice, repeat int, suite []*scenarios.Scenario) int {
	b.Helper()
	config, err := rig.Wire(b.Context(), choice)
	require.NoError(b, err)
	config.Repeat = repeat
	report := run.Scenarios(b.Context(), config, suite)
	require.Equal(b, len(report.Runs), report.Totals.Pass+report.Totals.Skip, "runs that did not pass: %+v", report.Totals)
	return len(report.Runs)
}

func load(b *testing.B, args ...string) []*scenarios.Scenario {
	b.Helper()
	paths, err := scenarios.Find(args)
	require.NoError(b, err)
	files, err := scenarios.Load(paths)
	require.NoError(b, err)
	return files
}

// From a board that is rolled back to how it was right after the client had been
// imported, to the verdict of one GET: what a run costs in a suite.
func BenchmarkRunOnARolledBackBoard(b *testing.B) {
	bench(b, rig.Choice{Jobs: 1}, b.N, load(b, "../../scenarios/tutorial/status-code.yaml"))
}

// From power on, with the firmware in place, to the verdict of one GET.
func BenchmarkRunOnAPoweredBoard(b *testing.B) {
	files := load(b, "../../scenarios/tutorial/status-code.yaml")
	for b.Loop() {
		bench(b, rig.Choice{Jobs: 1}, 1, files)
	}
}

// The whole suite, on as many boards as there are processors.
func BenchmarkSuite(b *testing.B) {
	files := load(b, "../../scenarios")
	runs := 0
	for b.Loop() {
		runs += bench(b, rig.Choice{Jobs: 2}, 1, files)
	}
	b.ReportMetric(float64(runs)/b.Elapsed().Seconds(), "runs/s")
}

func BenchmarkLoadSuite(b *testing.B) {
	for b.Loop() {
		load(b, "../../scenarios")
	}
}
