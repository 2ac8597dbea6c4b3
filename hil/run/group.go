package run

import (
	"fmt"

	"github.com/espy-hil/espy/hil/compare"
	"github.com/espy-hil/espy/hil/result"
)

// A group is the runs of one variant, which are compared with each other: repeats
// with the first (flaky), boards with the first board, HTTP versions with the
// first version (diverged).
type group struct {
	members []*job // in the order of the report
	at      map[place]*job
}

// place is where a run stands in its group. The zero place but for its repeat, 1,
// is that of the run that all others come down to.
type place struct{ version, board, repeat int }

func (j *job) place() place { return place{j.version, j.pool, j.run.Repeat} }

func (g *group) add(j *job) {
	if g.at == nil {
		g.at = map[place]*job{}
	}
	g.members = append(g.members, j)
	g.at[j.place()] = j
}

// A measure is a run that another one is compared with, and the verdict if they differ.
type measure struct {
	job     *job
	verdict result.Verdict
	source  string // in diffs
}

// measures are what a run is compared with, the first to differ decides.
func (g *group) measures(j *job) []measure {
	var all []measure
	own := j.place()
	if own.repeat > 1 {
		first := g.at[place{own.version, own.board, 1}]
		all = append(all, measure{first, result.Flaky, fmt.Sprintf("board %s, repeat 1", j.run.Board)})
	}
	if own.board > 0 {
		reference := g.at[place{own.version, 0, 1}]
		all = append(all, measure{reference, result.Diverged, "board " + reference.run.Board})
	} else if own.version > 0 {
		reference := g.at[place{0, 0, 1}]
		source := fmt.Sprintf("board %s, http_version %s", reference.run.Board, reference.run.HTTPVersion)
		all = append(all, measure{reference, result.Diverged, source})
	}
	return all
}

// compareWith compares a run with a measure, where its own verdict leaves that
// open, and gives it the measure's verdict if they differ.
func compareWith(m measure, j *job, reference, r *result.Run) {
	if r.Verdict != result.Pass || !isMeasure(reference) {
		return
	}
	diffs := compare.Between(reference, r, j.variant.Steps, m.source)
	if m.verdict == result.Flaky && reference.Verdict == result.Fail {
		diffs = append(diffs, result.Diff{
			Field: "verdict", Want: string(reference.Verdict), Got: string(r.Verdict), Source: m.source,
		})
	}
	if len(diffs) > 0 {
		r.Verdict, r.Diffs = m.verdict, diffs
	}
}

// isMeasure tells whether others can be compared with a run: one that was skipped,
// or that the rig spoilt, says nothing.
func isMeasure(r *result.Run) bool {
	return r != nil && r.Verdict != result.Rig && r.Verdict != result.Skip
}
