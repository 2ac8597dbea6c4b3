// Package changes says what changed between two results: two runs, or two nights.
//
//	before, after ──> by what was run where ──> New, Mended, Still, Silent
//	                                       ╰──> Slower, Hungrier, beyond the noise: see cost.go
//
// What was run where is a scenario in a variant, a board, a client and an HTTP
// version; repeats of it are taken together, and have the worst of their verdicts.
package changes

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/espy-hil/espy/hil/result"
)

// Changes are what changed.
type Changes struct {
	New        []Change `json:"new"`    // as it should not be, and was not so before
	Mended     []Change `json:"mended"` // as it should be, and was not before
	Still      []Change `json:"still"`  // as it should not be, before and after
	Silent     []Change `json:"silent"` // said something before, and now the rig failed, or it was skipped
	Slower     []Cost   `json:"slower"`
	Hungrier   []Cost   `json:"hungrier"`
	Boards     []Pace   `json:"boards"`      // whose runs have all become slower
	OnlyBefore []Name   `json:"only_before"` // what was not run after
	OnlyAfter  []Name   `json:"only_after"`  // what was not run before
	Compared   int      `json:"compared"`    // how many are in both
}

// Name says what was run where.
type Name struct {
	Scenario    string `json:"scenario"`
	Variant     string `json:"variant"`
	Board       string `json:"board"`
	Client      string `json:"client"`
	HTTPVersion string `json:"http_version"`
}

// A Change is a run whose verdict is worth a word.
type Change struct {
	Name
	Before result.Verdict `json:"before"` // empty: it was not run
	After  result.Verdict `json:"after"`
	Why    string         `json:"why,omitempty"` // of a silent one
	Diffs  []result.Diff  `json:"diffs"`         // after; of a mended one, before
}

// Between says what changed from one report to the next.
func Between(before, after *result.Report) Changes {
	was, is := gather(before, shared(before, after)), gather(after, shared(before, after))
	c := Changes{
		New: []Change{}, Mended: []Change{}, Still: []Change{}, Silent: []Change{}, Slower: []Cost{}, Hungrier: []Cost{},
		Boards: []Pace{}, OnlyBefore: []Name{}, OnlyAfter: []Name{},
	}
	for _, name := range is.order {
		now := is.of[name]
		then, known := was.of[name]
		if !known {
			c.OnlyAfter = append(c.OnlyAfter, name.Name)
			then = &taken{}
		} else {
			c.Compared++
		}
		c.judge(name.Name, then, now)
	}
	for _, name := range was.order {
		if is.of[name] == nil {
			c.OnlyBefore = append(c.OnlyBefore, name.Name)
		}
	}
	c.costs(was, is)
	return c
}

// judge sorts one that was run after.
func (c *Changes) judge(name Name, then, now *taken) {
	was := wrong(then.verdict)
	if then.verdict == result.Rig || then.verdict == result.Skip { // which says nothing of the firmware
		was = then.wrongSince
	}
	change := Change{Name: name, Before: then.verdict, After: now.verdict, Diffs: append([]result.Diff{}, now.worst.Diffs...)}
	switch {
	case wrong(now.verdict) && was:
		c.Still = append(c.Still, change)
	case wrong(now.verdict):
		c.New = append(c.New, change)
	case now.verdict == result.Rig || now.verdict == result.Skip:
		if then.verdict == "" || then.verdict == result.Rig || then.verdict == result.Skip {
			return
		}
		change.Why, change.Diffs = silence(now.worst), []result.Diff{}
		c.Silent = append(c.Silent, change)
	case was:
		change.Diffs = then.worst.Diffs
		c.Mended = append(c.Mended, change)
	}
}

// silence is why a run came to nothing.
func silence(r *result.Run) string {
	if r.Verdict == result.Rig && len(r.Diffs) > 0 {
		return r.Diffs[0].Got
	}
	return r.SkipReason
}

// wrong tells whether a verdict says that something is not as it should be.
func wrong(v result.Verdict) bool {
	return v == result.Fail || v == result.Diverged || v == result.Flaky
}

// severity is how bad a verdict is; the worst of repeats counts.
func severity(v result.Verdict) int {
	return slices.Index([]result.Verdict{result.Skip, result.Rig, result.Pass, result.Known, result.Flaky, result.Diverged, result.Fail}, v)
}

// key tells apart what was run where.
type key struct {
	Name
	file string // where one report has several scenarios of this name
}

// taken is the repeats of one.
type taken struct {
	verdict    result.Verdict
	wrongSince bool // one came to nothing, and was wrong when it last said something
	worst      *result.Run
	runs       []*result.Run
}

// index is a report by what was run where.
type index struct {
	order []key
	of    map[key]*taken
}

// shared are the names that several scenarios of a report have.
func shared(reports ...*result.Report) map[string]bool {
	all := map[string]bool{}
	for _, r := range reports {
		file := map[string]string{}
		for i := range r.Runs {
			run := &r.Runs[i]
			if f, seen := file[run.Scenario]; seen && f != run.File {
				all[run.Scenario] = true
			}
			file[run.Scenario] = run.File
		}
	}
	return all
}

func gather(r *result.Report, shared map[string]bool) index {
	x := index{of: map[key]*taken{}}
	for i := range r.Runs {
		run := &r.Runs[i]
		k := key{Name: Name{run.Scenario, run.Variant, run.Board, run.Client, run.HTTPVersion}}
		if shared[run.Scenario] {
			k.file = path.Base(strings.ReplaceAll(run.File, `\`, "/"))
		}
		t := x.of[k]
		if t == nil {
			t = &taken{verdict: run.Verdict, worst: run}
			x.of[k] = t
			x.order = append(x.order, k)
		}
		t.runs = append(t.runs, run)
		t.wrongSince = t.wrongSince || run.WrongSince != ""
		if cmp.Less(severity(t.verdict), severity(run.Verdict)) {
			t.verdict, t.worst = run.Verdict, run
		}
	}
	return x
}
