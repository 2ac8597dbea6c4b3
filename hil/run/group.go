package run

import (
	"fmt"
	"iter"
	"slices"

	"github.com/espy-hil/espy/hil/compare"
	"github.com/espy-hil/espy/hil/result"
)

// A group is the runs of one variant, which are compared with each other: repeats
// with the first (flaky), boards with the first board or that of their own choice, HTTP versions with the
// first version (diverged). What differs between repeats in one place is noise
// there, and no divergence of that place from another.
type group struct {
	at      map[place]*job
	missing map[place]int             // how many repeats are still to come, by the place of the first
	noise   map[place]map[string]bool // fields, of the places where none is
	waiting []*job                    // made, and measured by runs that are still to come
}

// place is where a run stands in its group. The zero place but for its repeat, 1,
// is that of the run that all others come down to.
type place struct{ version, board, repeat int }

func (j *job) place() place { return place{j.version, j.board, j.run.Repeat} }

// first is the place of the first repeat.
func (p place) first() place { return place{p.version, p.board, 1} }

func (g *group) add(j *job) {
	if g.at == nil {
		g.at, g.missing, g.noise = map[place]*job{}, map[place]int{}, map[place]map[string]bool{}
	}
	g.at[j.place()] = j
	g.missing[j.place().first()]++
}

// repeats are the runs that differ from the one of a place in nothing but the
// repeat, itself included.
func (g *group) repeats(p place) iter.Seq[*job] {
	return func(yield func(*job) bool) {
		for p.repeat = 1; g.at[p] != nil && yield(g.at[p]); p.repeat++ {
		}
	}
}

// A measure is a place whose run another one is compared with, and the verdict if
// they differ.
type measure struct {
	at       place // of the first repeat
	verdict  result.Verdict
	baseline []place // whose noise says nothing
}

// measures are what a run is compared with, the first to differ decides.
func (j *job) measures() []measure {
	var all []measure
	own := j.place()
	first := own.first()
	if own.repeat > 1 {
		all = append(all, measure{first, result.Flaky, nil})
	}
	if own.board != j.reference {
		at := place{own.version, j.reference, 1}
		all = append(all, measure{at, result.Diverged, []place{first, at}})
	} else if own.version > 0 {
		at := place{0, own.board, 1}
		all = append(all, measure{at, result.Diverged, []place{first, at}})
	}
	return all
}

// source names a measure's run in the diffs of another one.
func (m measure) source(reference, j *job) string {
	switch {
	case m.verdict == result.Flaky:
		return fmt.Sprintf("board %s, repeat %d", reference.run.Board, reference.run.Repeat)
	case reference.version != j.version:
		return fmt.Sprintf("board %s, http_version %s", reference.run.Board, reference.run.HTTPVersion)
	default:
		return "board " + reference.run.Board
	}
}

// reference is the first repeat of a measure that says something; nil: there is none
// before j itself. It is settled when no run that is still to come can change that.
func (c *collector) reference(g *group, m measure, j *job) (first *job, settled bool) {
	settled = true
	for repeat := range g.repeats(m.at) {
		switch r := c.runs[repeat.index]; {
		case repeat == j:
			return nil, settled
		case isMeasure(r):
			return repeat, settled
		case r == nil:
			settled = false
		}
	}
	return nil, settled
}

// noisy tells which fields differ between the repeats of a place.
func (c *collector) noisy(g *group, p place) map[string]bool {
	if known, ok := g.noise[p]; ok {
		return known
	}
	fields := map[string]bool{}
	var first *result.Run
	for j := range g.repeats(p) {
		r := c.runs[j.index]
		switch {
		case !isMeasure(r):
		case first == nil:
			first = r
		default:
			for _, d := range compare.Between(first, r, j.variant.Steps, "") {
				fields[d.Field] = true
			}
		}
	}
	if g.missing[p] == 0 {
		g.noise[p] = fields
	}
	return fields
}

// compareWith compares a run with a measure, where its own verdict leaves that
// open, and gives it the measure's verdict if they differ. It tells whether it did
// compare them.
func (c *collector) compareWith(g *group, m measure, j *job, r *result.Run) bool {
	reference, _ := c.reference(g, m, j)
	if r.Verdict != result.Pass || reference == nil {
		return false
	}
	source := m.source(reference, j)
	diffs := compare.Between(c.runs[reference.index], r, j.variant.Steps, source)
	for _, p := range m.baseline {
		noise := c.noisy(g, p)
		diffs = slices.DeleteFunc(diffs, func(d result.Diff) bool { return noise[d.Field] })
	}
	if m.verdict == result.Flaky && c.failed[reference.index] {
		diffs = append(diffs, result.Diff{
			Field: "verdict", Want: string(result.Fail), Got: string(r.Verdict), Source: source,
		})
	}
	if len(diffs) > 0 {
		r.Verdict, r.Diffs = m.verdict, diffs
	}
	return true
}

// isMeasure tells whether others can be compared with a run: one that was skipped,
// or that the rig spoilt, says nothing.
func isMeasure(r *result.Run) bool {
	return r != nil && r.Verdict != result.Rig && r.Verdict != result.Skip
}
