//go:build unix

package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/espy-hil/espy/hil/journal"
	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/rig"
)

// What part of the processor time of espy run its reports are: each alone, and all that
// espy run --json --html --junit --markdown writes of every bundled scenario: the journal
// while the runs are made, the four files, and the results that espy show has.
func BenchmarkReports(b *testing.B) {
	config, err := rig.Wire(b.Context(), rig.Choice{})
	require.NoError(b, err)
	suite := load(b, "../../scenarios")
	before := processorTime(b)
	report := run.Scenarios(b.Context(), config, suite)
	runs := processorTime(b) - before
	report.Espy, report.Started, report.TookMS = "v1", "2026-11-25T02:00:00Z", 1000
	dir := b.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	four := reports{JSON: in("all.json"), HTML: in("all.html"), JUnit: in("all.xml"), Markdown: in("all.md")}
	for name, write := range map[string]func(){
		"json":     func() { require.NoError(b, (&reports{JSON: in("out.json")}).write(&report)) },
		"html":     func() { require.NoError(b, (&reports{HTML: in("out.html")}).write(&report)) },
		"junit":    func() { require.NoError(b, (&reports{JUnit: in("out.xml")}).write(&report)) },
		"markdown": func() { require.NoError(b, (&reports{Markdown: in("out.md")}).write(&report)) },
		"journal":  func() { journaled(b, in("journal.json"), &report) },
		"kept":     func() { require.NoError(b, jsonfile.Keep(in("kept.json"), &report, "")) },
		"all": func() {
			journaled(b, four.JSON, &report)
			require.NoError(b, four.write(&report))
			require.NoError(b, jsonfile.Keep(in("kept.json"), &report, four.saved(nil)))
		},
	} {
		b.Run(name, func(b *testing.B) {
			before := processorTime(b)
			for b.Loop() {
				write()
			}
			each := (processorTime(b) - before) / time.Duration(b.N)
			b.ReportMetric(100*each.Seconds()/(runs+each).Seconds(), "%-of-run")
			b.ReportMetric(each.Seconds()*1000, "cpu-ms")
		})
	}
}

// journaled writes the journal of runs, as they are while they are made.
func journaled(b *testing.B, path string, r *result.Report) {
	j, err := journal.Begin(path, journal.Head{Command: []byte("{}")})
	require.NoError(b, err)
	for i := range r.Runs {
		j.Made(i, &r.Runs[i])
	}
	require.NoError(b, j.Close(nil, false))
}

// processorTime is what this process has taken of all processors, in it and for it.
func processorTime(b *testing.B) time.Duration {
	var used unix.Rusage
	require.NoError(b, unix.Getrusage(unix.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
