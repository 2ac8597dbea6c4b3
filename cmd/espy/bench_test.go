package main

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/capture"
	"github.com/espy-hil/espy/hil/result"
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

// From power on, with the firmware in place, to the verdict of one GET, in a process that
// has had other boards: what the first one costs is that of a whole `espy run`.
func BenchmarkRunOnAPoweredBoard(b *testing.B) {
	files := load(b, "../../scenarios/tutorial/status-code.yaml")
	bench(b, rig.Choice{Jobs: 1}, 1, files)
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

// What a verdict waits for when the server has said all that it has to say: the
// client reads it, the agent reports, and the harness compares.
func BenchmarkLastByteToVerdict(b *testing.B) {
	config, err := rig.Wire(b.Context(), rig.Choice{Jobs: 1})
	require.NoError(b, err)
	watch := &lastByte{}
	config.Repeat, config.Captures, config.Observer = b.N, watch, watch
	report := run.Scenarios(b.Context(), config, load(b, "../../scenarios/tutorial/status-code.yaml"))
	require.Equal(b, b.N, report.Totals.Pass)
	slices.Sort(watch.took)
	for unit, part := range map[string]float64{"ms-median": 0.5, "ms-p90": 0.9} {
		b.ReportMetric(watch.took[int(part*float64(b.N-1))].Seconds()*1e3, unit)
	}
}

// lastByte sees when a server last sent something, and when there is a verdict.
type lastByte struct {
	mu   sync.Mutex
	sent time.Time
	took []time.Duration
}

func (l *lastByte) Begin(*result.Run) (capture.Sink, func()) { return l, func() {} }

func (l *lastByte) Record(e capture.Event) {
	if e.Kind == capture.Sent {
		l.mu.Lock()
		l.sent = e.Time
		l.mu.Unlock()
	}
}

func (*lastByte) Planned([]*result.Run) {}

func (*lastByte) Started(*result.Run) {}

func (l *lastByte) Finished(*result.Run) {
	l.mu.Lock()
	l.took = append(l.took, time.Since(l.sent))
	l.mu.Unlock()
}

func BenchmarkLoadSuite(b *testing.B) {
	for b.Loop() {
		load(b, "../../scenarios")
	}
}
