package result_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/result"
)

func TestSinceWhenARunIsNotAsItShouldBe(t *testing.T) {
	t.Parallel()
	const monday, tuesday, wednesday = "2026-11-23T01:00:00Z", "2026-11-24T01:00:00Z", "2026-11-25T01:00:00Z"
	night := func(started string, of map[string]result.Verdict) *result.Report {
		r := &result.Report{Started: started}
		for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
			if v := of[name]; v != "" {
				r.Runs = append(r.Runs, result.Run{File: "x/s.yaml", Scenario: name, Board: "sim", Repeat: 1, Verdict: v})
			}
		}
		return r
	}
	first := night(monday, map[string]result.Verdict{"a": result.Fail, "b": result.Pass, "c": result.Fail, "d": result.Rig, "e": result.Flaky, "f": result.Rig})
	second := night(tuesday, map[string]result.Verdict{"a": result.Diverged, "b": result.Fail, "c": result.Pass, "d": result.Rig, "e": result.Skip, "f": result.Fail})
	second.CompareWith(first)
	third := night(wednesday, map[string]result.Verdict{"a": result.Fail, "b": result.Fail, "c": result.Known, "d": result.Rig, "e": result.Flaky, "f": result.Pass})
	third.CompareWith(second)

	told := func(r *result.Report) map[string]string {
		all := map[string]string{}
		for i := range r.Runs {
			run := &r.Runs[i]
			all[run.Scenario] = run.Since
			if run.Mended {
				all[run.Scenario] = "mended"
			}
		}
		return all
	}
	require.Equal(t, monday, second.Previous)
	want := map[string]string{"a": monday, "b": tuesday, "c": "mended", "d": monday, "e": "", "f": tuesday}
	if d := cmp.Diff(want, told(second)); d != "" {
		t.Errorf("the second night (-want +got):\n%s", d)
	}
	want = map[string]string{"a": monday, "b": tuesday, "c": "", "d": monday, "e": monday, "f": "mended"}
	if d := cmp.Diff(want, told(third)); d != "" {
		t.Errorf("the third night (-want +got):\n%s", d)
	}
}

// A night that says nothing of a run does not make it new.
func TestAnOutageIsNoBeginning(t *testing.T) {
	t.Parallel()
	night := func(started string, v result.Verdict, previous *result.Report) *result.Report {
		r := &result.Report{Started: started, Runs: []result.Run{{Scenario: "a", Repeat: 1, Verdict: v}}}
		if previous != nil {
			r.CompareWith(previous)
		}
		return r
	}
	for _, silent := range []result.Verdict{result.Rig, result.Skip} {
		first := night("1", result.Fail, nil)
		third := night("3", silent, night("2", silent, first))
		require.Equal(t, "1", third.Runs[0].WrongSince)
		require.Equal(t, "1", night("4", result.Fail, third).Runs[0].Since)
		require.True(t, night("4", result.Pass, third).Runs[0].Mended)
	}
}

func TestOfRepeatsTheEarliestCounts(t *testing.T) {
	t.Parallel()
	runs := func(verdicts ...result.Verdict) []result.Run {
		var all []result.Run
		for i, v := range verdicts {
			all = append(all, result.Run{Scenario: "a", Repeat: i + 1, Verdict: v})
		}
		return all
	}
	was := result.Report{Started: "2", Runs: runs(result.Pass, result.Flaky, result.Flaky)}
	was.Runs[2].Since = "1"
	is := result.Report{Started: "3", Runs: runs(result.Fail)}
	is.CompareWith(&was)
	require.Equal(t, "1", is.Runs[0].Since)
}

func TestTheIDOfARunIsItsOwnWhereverTheFileLies(t *testing.T) {
	t.Parallel()
	run := result.Run{File: "scenarios/a.yaml", Scenario: "a", Variant: "x=1", Board: "sim", Client: "espy.requests", HTTPVersion: "1.1", Repeat: 1}
	seen := map[string]bool{run.ID(): true}
	for _, change := range []func(*result.Run){
		func(r *result.Run) { r.File = "scenarios/b.yaml" },
		func(r *result.Run) { r.Scenario = "b" },
		func(r *result.Run) { r.Variant = "x=2" },
		func(r *result.Run) { r.Board = "unix" },
		func(r *result.Run) { r.Client = "requests" },
		func(r *result.Run) { r.HTTPVersion = "1.0" },
		func(r *result.Run) { r.Repeat = 2 },
	} {
		other := run
		change(&other)
		require.False(t, seen[other.ID()])
		seen[other.ID()] = true
	}
	elsewhere := run
	elsewhere.File, elsewhere.Verdict = `C:\espy\a.yaml`, result.Fail
	require.Equal(t, run.ID(), elsewhere.ID())
}
