package run

import (
	"fmt"

	"github.com/espy-hil/espy/hil/compare"
	"github.com/espy-hil/espy/hil/result"
)

// place is where a run stands in its group.
type place struct{ version, board, repeat int }

// compareGroup compares the runs of one variant with each other, where their own
// verdict leaves that open: repeats with the first (flaky), boards with the first
// board, HTTP versions with the first version (diverged). A run that the rig
// spoilt or that was skipped is no measure.
func compareGroup(members []*job, runs []*result.Run, c Config) {
	measures := map[place]*result.Run{}
	before := map[*result.Run]result.Verdict{} // as it stood before the comparison
	for _, j := range members {
		if r := runs[j.index]; r != nil && r.Verdict != result.Rig && r.Verdict != result.Skip {
			measures[place{j.version, j.pool, r.Repeat}] = r
			before[r] = r.Verdict
		}
	}
	for _, j := range members {
		r := runs[j.index]
		if r == nil || before[r] != result.Pass {
			continue
		}
		if first := measures[place{j.version, j.pool, 1}]; r.Repeat > 1 && first != nil {
			source := fmt.Sprintf("board %s, repeat 1", r.Board)
			diffs := compare.Between(first, r, j.variant.Steps, source)
			if before[first] != before[r] {
				diffs = append(diffs, result.Diff{
					Field: "verdict", Want: string(before[first]), Got: string(before[r]), Source: source,
				})
			}
			if settle(r, result.Flaky, diffs) {
				continue
			}
		}
		reference, source := referenceOf(j, measures, c)
		if reference != nil && reference != r {
			settle(r, result.Diverged, compare.Between(reference, r, j.variant.Steps, source))
		}
	}
}

// referenceOf is the run that a run is measured by: that of the first board in
// the same HTTP version, and on the first board that in the first version.
func referenceOf(j *job, measures map[place]*result.Run, c Config) (*result.Run, string) {
	board := c.Boards[0].Name
	if j.pool > 0 {
		return measures[place{j.version, 0, 1}], "board " + board
	}
	first := measures[place{0, 0, 1}]
	if j.version == 0 || first == nil {
		return nil, ""
	}
	return first, fmt.Sprintf("board %s, http_version %s", board, first.HTTPVersion)
}

// settle gives a run a verdict if there are diffs for it.
func settle(r *result.Run, v result.Verdict, diffs []result.Diff) bool {
	if len(diffs) == 0 {
		return false
	}
	r.Verdict, r.Diffs = v, diffs
	return true
}
