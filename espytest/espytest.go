// Package espytest runs scenario files as subtests under go test, so that a
// repository with MicroPython firmware tests what it says to HTTP servers with the
// tool that it has anyway.
//
//	func TestAPI(t *testing.T) {
//		espytest.Run(t, "testdata/scenarios", espytest.Client("firmware/api.py"))
//	}
//
// Each scenario is a parallel subtest of the file's name, each of its runs one below
// it: go test -run 'TestAPI/get-album' chooses as usual. A run that passes, or whose
// difference the suite's ledger accepts, passes; one that the board cannot make is
// skipped, with the reason; any other fails with what differed, field by field, and
// the file and line that expected it. A rig that fails is a failure as well, and is
// said to be one.
//
// The runtimes of the virtual boards are fetched into the user's cache the first
// time (npm is needed for that), with a line that says so.
package espytest

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/espy-hil/espy/hil/ledger"
	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/scenarios"
)

// An Option says on what, and with what, the scenarios are run.
type Option func(*options)

type options struct {
	choice   rig.Choice
	versions []string
	tags     []string
	known    string
}

// On chooses boards as espy run --on does: sim, sim:1.27, unix. The first is the
// reference of the others. Without it, the scenarios run on sim.
func On(boards ...string) Option {
	return func(o *options) { o.choice.On = append(o.choice.On, boards...) }
}

// Client chooses clients as espy run --client does: espy.requests, requests, or a
// Python file of one's own, from the folder of the test.
func Client(clients ...string) Option {
	return func(o *options) { o.choice.Clients = append(o.choice.Clients, clients...) }
}

// HTTPVersion varies the version (1.0, 1.1, auto) of requests that leave it open, and
// compares, as espy run --http-version does.
func HTTPVersion(versions ...string) Option {
	return func(o *options) { o.versions = append(o.versions, versions...) }
}

// Tags keeps scenarios with one of the tags, and leaves out those with one that is
// negated (!slow).
func Tags(tags ...string) Option {
	return func(o *options) { o.tags = append(o.tags, tags...) }
}

// Known names the ledger of accepted differences. Without it, it is known.yaml at the
// top of the suite, if there is one.
func Known(file string) Option {
	return func(o *options) { o.known = file }
}

// Run runs the scenarios of a file, a folder or a glob as subtests of t.
func Run(t *testing.T, path string, opts ...Option) {
	t.Helper()
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	o.choice.Jobs = 1 // of each scenario; that they run beside each other is go test's doing
	files := load(t, path, o.tags)
	config, err := rig.Wire(t.Context(), o.choice)
	if err != nil {
		t.Fatalf("espy: %v", err)
	}
	config.HTTPVersions = o.versions
	if config.Ledger, err = rig.Ledger(o.known, files); err != nil {
		t.Fatalf("espy: %v", err)
	}
	top := t
	t.Cleanup(func() { stale(top, config.Ledger) }) // after the parallel subtests
	for _, file := range files {
		t.Run(subtest(path, file), func(t *testing.T) {
			t.Parallel()
			scenario(t, config, file)
		})
	}
}

// load reads the scenarios.
func load(t *testing.T, path string, tags []string) []*scenarios.Scenario {
	t.Helper()
	paths, err := scenarios.Find([]string{path})
	if err != nil {
		t.Fatalf("espy: %v", err)
	}
	files, err := scenarios.Load(paths)
	if err == nil {
		files, err = run.Select(files, tags)
	}
	if err != nil {
		t.Fatalf("espy: these scenarios cannot be run:\n%v", err)
	}
	return files
}

// subtest names the subtest of a file by its path below the folder that was given.
func subtest(path string, file *scenarios.Scenario) string {
	name, err := filepath.Rel(path, file.File)
	if err != nil || name == "." || strings.HasPrefix(name, "..") {
		name = filepath.Base(file.File)
	}
	return strings.TrimSuffix(filepath.ToSlash(name), ".yaml")
}

// scenario makes the runs of one file, and tells of each.
func scenario(t *testing.T, config run.Config, file *scenarios.Scenario) {
	report := run.Scenarios(t.Context(), config, []*scenarios.Scenario{file})
	if report.Interrupted || len(report.Runs) == 0 {
		t.Errorf("%s: not all of its runs were made", file.Name)
	}
	if len(report.Runs) == 1 {
		tell(t, &report.Runs[0])
		return
	}
	for i := range report.Runs {
		r := &report.Runs[i]
		t.Run(among(report.Runs, r), func(t *testing.T) { tell(t, r) })
	}
}

// among names a run by what not all runs of its scenario have in common.
func among(runs []result.Run, r *result.Run) string {
	var parts []string
	for _, part := range []func(*result.Run) string{
		func(r *result.Run) string { return r.Board },
		func(r *result.Run) string { return r.Client },
		func(r *result.Run) string { return r.HTTPVersion },
		func(r *result.Run) string { return r.Variant },
	} {
		for i := range runs {
			if part(&runs[i]) != part(r) && part(r) != "" {
				parts = append(parts, part(r))
				break
			}
		}
	}
	return strings.Join(parts, " ")
}

// tell has the verdict of a run be that of the test.
func tell(t *testing.T, r *result.Run) {
	t.Helper()
	switch r.Verdict {
	case result.Pass:
	case result.Known:
		t.Logf("%s: known: %s", r.Scenario, strings.Join(r.Known, "; "))
	case result.Skip:
		t.Skipf("%s: %s", r.Scenario, r.SkipReason)
	case result.Rig:
		t.Errorf("%s: the rig failed, which says nothing on the firmware: %s", r.Scenario, r.Diffs[0].Got)
	default:
		t.Errorf("%s: %s on %s%s", r.Scenario, r.Verdict, r.Board, differences(r))
	}
}

// differences shows the diffs of a run, and what the board printed.
func differences(r *result.Run) string {
	var b strings.Builder
	b.WriteString("\n" + strings.TrimSuffix(plain.Failure(r, 0), "\n"))
	if r.Log != "" {
		fmt.Fprintf(&b, "\n    the board printed:\n      %s", strings.ReplaceAll(strings.TrimSpace(r.Log), "\n", "\n      "))
	}
	return b.String()
}

// stale fails t for entries of the ledger whose difference is gone. Where -run has
// chosen among the scenarios, those left out may show it still.
func stale(t *testing.T, book *ledger.Book) {
	if chosen := flag.Lookup("test.run"); chosen != nil && strings.Contains(chosen.Value.String(), "/") {
		return
	}
	for _, entry := range book.Stale() {
		t.Errorf("%s: the difference in %s of %s is gone: take the entry out of the ledger",
			entry.Source, strings.Join(entry.Fields, ", "), entry.Scenario)
	}
}
