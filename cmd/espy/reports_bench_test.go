package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/rig"
)

// What part of espy run the reports are: all of them, of every bundled scenario, beside
// the time that making the runs takes.
func BenchmarkReports(b *testing.B) {
	config, err := rig.Wire(b.Context(), rig.Choice{})
	require.NoError(b, err)
	suite := load(b, "../../scenarios")
	began := time.Now()
	report := run.Scenarios(b.Context(), config, suite)
	took := time.Since(began)
	report.Espy, report.Started, report.TookMS = "v1", "2026-11-25T02:00:00Z", float64(took.Milliseconds())
	for name, r := range reportsIn(b.TempDir()) {
		b.Run(name, func(b *testing.B) { write(b, &r, &report, took) })
	}
}

// reportsIn are each report alone, and all of them.
func reportsIn(dir string) map[string]reports {
	in := func(name string) string { return filepath.Join(dir, name) }
	return map[string]reports{
		"json": {JSON: in("out.json")}, "html": {HTML: in("out.html")}, "junit": {JUnit: in("out.xml")}, "markdown": {Markdown: in("out.md")},
		"all": {JSON: in("all.json"), HTML: in("all.html"), JUnit: in("all.xml"), Markdown: in("all.md")},
	}
}

func write(b *testing.B, r *reports, of *result.Report, took time.Duration) {
	for b.Loop() {
		require.NoError(b, r.write(of))
	}
	each := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(100*each.Seconds()/(took+each).Seconds(), "%-of-run")
}
