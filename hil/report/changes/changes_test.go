package changes_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/report/changes"
	"github.com/espy-hil/espy/hil/result"
)

var update = flag.Bool("update", false, "write the golden files anew")

// run is a run of a scenario with a verdict.
func run(scenario string, v result.Verdict) result.Run {
	r := result.Run{Scenario: scenario, File: scenario + ".yaml", Board: "sim", Client: "espy.requests", Verdict: v, SkipReason: "board sim does not offer tls"}
	if v != result.Pass && v != result.Skip {
		r.Diffs = []result.Diff{{Field: "reason", Want: "OK", Got: "Fine", Source: scenario + ".yaml:3"}}
	}
	return r
}

// took is a run that passed in so many milliseconds, with so much memory.
func took(scenario string, ms float64, allocated int64) result.Run {
	r := run(scenario, result.Pass)
	r.TimingMS = map[string]float64{"run": ms}
	r.Memory = map[string]int64{"allocated": allocated, "import": 13000}
	return r
}

func report(runs ...result.Run) *result.Report { return &result.Report{Runs: runs} }

func TestEachTurnOfAVerdictHasItsWord(t *testing.T) {
	t.Parallel()
	const silent, none = "silent", ""
	words := map[result.Verdict]map[result.Verdict]string{
		result.Pass:     {result.Pass: none, result.Fail: "new", result.Diverged: "new", result.Flaky: "new", result.Known: none, result.Rig: silent, result.Skip: silent},
		result.Fail:     {result.Pass: "mended", result.Fail: "still", result.Diverged: "still", result.Flaky: "still", result.Known: "mended", result.Rig: silent, result.Skip: silent},
		result.Diverged: {result.Pass: "mended", result.Fail: "still", result.Known: "mended", result.Rig: silent},
		result.Known:    {result.Pass: none, result.Fail: "new", result.Rig: silent},
		result.Rig:      {result.Pass: none, result.Fail: "new", result.Rig: none, result.Skip: none},
		result.Skip:     {result.Pass: none, result.Fail: "new", result.Rig: none, result.Skip: none},
	}
	for before, row := range words {
		for after, want := range row {
			c := changes.Between(report(run("a", before)), report(run("a", after)))
			got := map[string]int{"new": len(c.New), "mended": len(c.Mended), "still": len(c.Still), "silent": len(c.Silent)}
			wanted := map[string]int{"new": 0, "mended": 0, "still": 0, "silent": 0}
			if want != none {
				wanted[want] = 1
			}
			require.Equal(t, wanted, got, "%s, then %s", before, after)
			require.Equal(t, 1, c.Compared)
		}
	}
}

func TestWhatWasWrongBeforeAnOutageIsNotNewAfterIt(t *testing.T) {
	t.Parallel()
	away := run("a", result.Rig)
	away.WrongSince = "2026-11-23T01:00:00Z"
	c := changes.Between(report(away), report(run("a", result.Fail)))
	require.Empty(t, c.New)
	require.Len(t, c.Still, 1)
	require.Len(t, changes.Between(report(away), report(run("a", result.Pass))).Mended, 1)
}

func TestWhatOneReportLacksIsNotCalledMended(t *testing.T) {
	t.Parallel()
	c := changes.Between(report(run("a", result.Fail), run("b", result.Pass)), report(run("b", result.Pass), run("c", result.Fail)))
	require.Empty(t, c.Mended)
	require.Len(t, c.OnlyBefore, 1)
	require.Equal(t, "a", c.OnlyBefore[0].Scenario)
	require.Len(t, c.OnlyAfter, 1)
	require.Len(t, c.New, 1, "what fails is new, whether or not it was run before")
	require.Equal(t, result.Verdict(""), c.New[0].Before)
}

func TestTheWorstOfRepeatsCounts(t *testing.T) {
	t.Parallel()
	c := changes.Between(report(run("a", result.Pass)), report(run("a", result.Pass), run("a", result.Flaky), run("a", result.Pass)))
	require.Len(t, c.New, 1)
	require.Equal(t, result.Flaky, c.New[0].After)
	require.Equal(t, 1, c.Compared)
}

func TestAReportOfAnotherFolderIsComparedByName(t *testing.T) {
	t.Parallel()
	moved := run("a", result.Fail)
	moved.File = "/home/ci/scenarios/a.yaml"
	c := changes.Between(report(run("a", result.Pass)), report(moved))
	require.Len(t, c.New, 1)
	require.Equal(t, result.Pass, c.New[0].Before)

	// Of two files with one name each is compared with itself.
	one, two := run("a", result.Pass), run("a", result.Fail)
	one.File, two.File = "x/one.yaml", "x/two.yaml"
	c = changes.Between(report(one, two), report(one, two))
	require.Empty(t, c.New)
	require.Len(t, c.Still, 1)
}

func TestNoiseIsNeitherSlowerNorHungrier(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var before, after []result.Run
		pace := rapid.Float64Range(0.2, 8).Draw(t, "pace") // of another machine
		for i := range 60 {
			name := fmt.Sprint("scenario ", i)
			ms := rapid.Float64Range(1, 400).Draw(t, "ms")
			hiccup := 0.0
			if i%3 == 0 {
				hiccup = rapid.Float64Range(0, 100).Draw(t, "hiccup")
			}
			before = append(before, took(name, ms, 1400))
			after = append(after, took(name, ms*pace+hiccup, rapid.Int64Range(1400, 1428).Draw(t, "bytes")))
		}
		c := changes.Between(report(before...), report(after...))
		if len(c.Slower)+len(c.Hungrier) > 0 {
			t.Fatalf("%+v %+v", c.Slower, c.Hungrier)
		}
		if (pace > 2.5) != (len(c.Boards) > 0) && (pace < 1.2 || pace > 2.5) {
			t.Fatalf("pace %v: %+v", pace, c.Boards)
		}
	})
}

func TestWhatTakesReallyMoreIsToldOnce(t *testing.T) {
	t.Parallel()
	var before, after []result.Run
	for i := range 30 {
		before = append(before, took(fmt.Sprint(i), 10, 1400))
		after = append(after, took(fmt.Sprint(i), 11, 1400))
	}
	after[3].TimingMS["run"], after[4].Memory["allocated"] = 2011, 3000
	for i := range after {
		after[i].Memory["import"] = 20000 // the client has grown, in every run
	}
	c := changes.Between(report(before...), report(after...))
	require.Len(t, c.Slower, 1)
	require.Equal(t, "3", c.Slower[0].Scenario)
	require.Len(t, c.Hungrier, 2)
	require.Equal(t, changes.Cost{Name: changes.Name{Board: "sim", Client: "espy.requests"}, What: "bytes of the client once imported", Before: 13000, After: 20000}, c.Hungrier[0])
	require.Equal(t, "4", c.Hungrier[1].Scenario)
}

func TestRepeatsTellASmallerDifference(t *testing.T) {
	t.Parallel()
	repeats := func(ms ...float64) *result.Report {
		var all []result.Run
		for _, m := range ms {
			all = append(all, took("a", m, 1))
		}
		return report(all...)
	}
	require.Len(t, changes.Between(repeats(50, 55, 60), repeats(170, 300, 180)).Slower, 1)
	require.Empty(t, changes.Between(repeats(50, 55, 180), repeats(170, 300, 180)).Slower, "one took as long before")
	require.Empty(t, changes.Between(repeats(50), repeats(170)).Slower, "a single run may have been unlucky")
	require.Empty(t, changes.Between(repeats(50, 55, 60), repeats(900, 51, 900)).Slower, "one was as fast as before")
}

func TestWhatAPersonReads(t *testing.T) {
	t.Parallel()
	evil := run("evil \x1b[31m\u202e", result.Fail)
	evil.Variant = "a=\a"
	before := report(run("breaks", result.Pass), run("stays", result.Fail), run("heals", result.Diverged), run("hangs", result.Pass), run("gone", result.Pass), took("slow", 10, 1000))
	after := report(run("breaks", result.Fail), run("stays", result.Diverged), run("heals", result.Pass), run("hangs", result.Skip), evil, took("slow", 1000, 2000))
	c := changes.Between(before, after)
	var out bytes.Buffer
	require.NoError(t, c.Text(&out, "a.json", "b.json", 0))
	path := filepath.Join("testdata", "changes.golden")
	if *update {
		require.NoError(t, os.WriteFile(path, out.Bytes(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	if d := cmp.Diff(string(want), out.String()); d != "" {
		t.Errorf("output (-want +got):\n%s", d)
	}
}

func TestNothingFromOutsideReachesTheTerminalUnescaped(t *testing.T) {
	t.Parallel()
	unsafe := regexp.MustCompile(`[^\P{C}\n]`)
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		var all []result.Run
		for _, v := range result.Verdicts {
			all = append(all, result.Run{
				Scenario: text + string(v), Variant: text, Board: text, Client: text, HTTPVersion: text, SkipReason: text, Verdict: v,
				Diffs: []result.Diff{{Field: text, Want: text, Got: text, Source: text}},
			})
		}
		for _, c := range []changes.Changes{changes.Between(report(all...), report()), changes.Between(report(), report(all...)), changes.Between(report(all...), report(all...))} {
			var out bytes.Buffer
			if err := c.Text(&out, text, text, 0); err != nil || !utf8.Valid(out.Bytes()) || unsafe.Match(out.Bytes()) {
				t.Fatalf("%v: %q", err, out.String())
			}
		}
	})
}
