//go:build peers

package main

import (
	"testing"

	"github.com/espy-hil/espy/rig"
)

// The whole suite on the unix port, on as many boards as there are processors.
func BenchmarkSuiteOnUnix(b *testing.B) {
	files := load(b, "../../scenarios")
	runs := 0
	for b.Loop() {
		runs += bench(b, rig.Choice{On: []string{"unix"}, Jobs: 2}, 1, files)
	}
	b.ReportMetric(float64(runs)/b.Elapsed().Seconds(), "runs/s")
}

// From power on, with the firmware in place, to the verdict of one GET, on the unix port.
func BenchmarkRunOnAPoweredUnixBoard(b *testing.B) {
	files := load(b, "../../scenarios/tutorial/status-code.yaml")
	bench(b, rig.Choice{On: []string{"unix"}, Jobs: 1}, 1, files)
	for b.Loop() {
		bench(b, rig.Choice{On: []string{"unix"}, Jobs: 1}, 1, files)
	}
}
