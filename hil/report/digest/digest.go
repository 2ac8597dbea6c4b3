// Package digest finds what a person needs first of a report: what broke, where, and
// why, however many runs show it.
//
//	runs that are not as they should be
//	  ──> those with the same verdict and the same first difference are one finding
//	  ──> those of one scenario that differ in the same field are one, whatever its variants have there
//	  ──> new ones first, the worst first, what most runs show first
package digest

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/espy-hil/espy/hil/result"
)

// A Finding is one thing that broke.
type Finding struct {
	Verdict   result.Verdict
	Diff      result.Diff // the first difference of the first run
	Alike     bool        // all its runs have the same want and got there
	Scenarios []string    // names, in the order of the report
	Boards    []string
	Clients   []string
	Runs      []int  // places in the report
	Since     string // of the run that is so for longest; empty: there are no previous results
	New       bool   // there are, and none of its runs was so in them
}

// Findings are what broke, the worst first.
func Findings(r *result.Report) []Finding {
	all := gather(r, places(r), func(run *result.Run) key {
		d := first(run)
		return key{verdict: run.Verdict, field: step.ReplaceAllString(d.Field, ""), want: d.Want, got: said(&d), origin: d.Origin}
	})
	var found []Finding
	var single []int // places of runs whose finding is of one scenario
	for _, f := range all {
		if len(f.Scenarios) == 1 {
			single = append(single, f.Runs...)
		} else {
			found = append(found, f)
		}
	}
	slices.Sort(single)
	found = append(found, gather(r, single, func(run *result.Run) key {
		return key{verdict: run.Verdict, field: first(run).Field, scenario: run.Scenario, file: run.File}
	})...)
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank(&a), rank(&b)), cmp.Compare(severity(a.Verdict), severity(b.Verdict)), cmp.Compare(len(b.Runs), len(a.Runs)), cmp.Compare(a.Runs[0], b.Runs[0]))
	})
	return found
}

// key is what the runs of a finding have in common.
type key struct {
	verdict                          result.Verdict
	field, want, got, scenario, file string
	origin                           result.Origin
}

var (
	numbers = regexp.MustCompile(`\d+`)
	step    = regexp.MustCompile(`^steps\[\d+\]\.`)
)

// said is what was got; numbers in messages (ports, sizes, times) make no other one of it.
func said(d *result.Diff) string {
	if strings.HasPrefix(step.ReplaceAllString(d.Field, ""), "raises") || d.Field == "rig" || d.Field == "run" {
		return numbers.ReplaceAllString(d.Got, "0")
	}
	return d.Got
}

// places are those of the runs that are a reason to look.
func places(r *result.Report) (all []int) {
	for i := range r.Runs {
		if v := r.Runs[i].Verdict; v.Wrong() || v == result.Rig {
			all = append(all, i)
		}
	}
	return all
}

func gather(r *result.Report, places []int, of func(*result.Run) key) []Finding {
	at := map[key]int{}
	var all []Finding
	for _, place := range places {
		run := &r.Runs[place]
		k := of(run)
		i, ok := at[k]
		if !ok {
			i = len(all)
			at[k] = i
			all = append(all, Finding{Verdict: run.Verdict, Diff: first(run), Alike: true, Since: run.Since, New: r.Previous != ""})
		}
		f := &all[i]
		f.Runs = append(f.Runs, place)
		f.Scenarios = with(f.Scenarios, run.Scenario)
		f.Boards = with(f.Boards, run.Board)
		f.Clients = with(f.Clients, run.Client)
		f.Since = min(f.Since, run.Since) // RFC 3339 in UTC sorts as text
		f.New = f.New && run.Since == r.Started
		d := first(run)
		f.Alike = f.Alike && d.Want == f.Diff.Want && d.Got == f.Diff.Got
	}
	return all
}

// first is the first difference of a run.
func first(r *result.Run) result.Diff {
	if len(r.Diffs) == 0 {
		return result.Diff{}
	}
	return r.Diffs[0]
}

func with(all []string, one string) []string {
	if slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}

// rank puts what is new before what has been so for long.
func rank(f *Finding) int {
	if f.New {
		return 0
	}
	return 1
}

// severity puts the worst verdict first.
func severity(v result.Verdict) int {
	return slices.Index([]result.Verdict{result.Fail, result.Diverged, result.Flaky, result.Rig}, v)
}
