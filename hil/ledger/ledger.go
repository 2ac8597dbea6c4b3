// Package ledger applies the ledgers of accepted differences to runs.
//
// The words: an entry accepts a difference: in these scenarios, on these boards,
// with these clients, these fields may differ, for this cause. A run all of whose
// diffs are accepted is known. An entry is stale when runs could have shown its
// difference and none did: the difference is gone, and so must the entry go.
//
//	run (fail, diverged) --Judge--> known, with the causes
//	run (pass)           --Judge--> could it have shown an entry's difference?
//	                     --Stale--> entries that no run has shown, though one could
package ledger

import (
	"regexp"
	"strings"
	"sync"

	"github.com/espy-hil/espy/hil/compare"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// Book is the ledgers that apply to a set of runs. It may be used by several
// goroutines at once.
type Book struct {
	mu      sync.Mutex
	of      func(file string) *scenarios.Ledger // the ledger of a scenario's suite; nil: it has none
	whole   func(*scenarios.Ledger) bool        // whether all of its suite is run
	ledgers []*scenarios.Ledger                 // as they came up
	marks   map[*scenarios.Accepted]*mark
}

// mark is what the runs have said of an entry.
type mark struct {
	shown bool // its difference was seen
	could bool // a run could have shown it
}

// New makes a book; of names the ledger of the suite that a file belongs to, and
// whole tells whether all of the suite is run: where it is not, an entry for more than
// one scenario may belong to one of those left out.
func New(of func(file string) *scenarios.Ledger, whole func(*scenarios.Ledger) bool) *Book {
	return &Book{of: of, whole: whole, marks: map[*scenarios.Accepted]*mark{}}
}

// Judge makes a run known if each of its diffs is accepted. Compared tells whether
// the run was measured by another, so that fields which the file leaves open were
// looked at as well.
func (b *Book) Judge(r *result.Run, steps []scenarios.Step, compared bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.ledger(r.File)
	if l == nil || !speaks(r.Verdict) {
		return
	}
	accepted := make([]bool, len(r.Diffs))
	var causes []string
	for i := range l.Entries {
		e := &l.Entries[i]
		if !l.Names(e, r.File, r.Scenario) || !selects(e.Boards, r.Board) || !selects(e.Clients, r.Client) {
			continue
		}
		m := b.marks[e]
		m.could = m.could || compared || fixes(steps, r.Client, e.Fields)
		shown := false
		for d := range r.Diffs {
			if covers(e.Fields, r.Diffs[d].Field) {
				accepted[d], shown = true, true
			}
		}
		if shown {
			m.shown = true
			causes = append(causes, e.Cause)
		}
	}
	if all(accepted) && len(causes) > 0 {
		r.Verdict, r.Known = result.Known, causes
	}
}

// ledger is the ledger of a file's suite, entered into the book.
func (b *Book) ledger(file string) *scenarios.Ledger {
	l := b.of(file)
	if l == nil {
		return nil
	}
	for i := range l.Entries {
		if e := &l.Entries[i]; b.marks[e] == nil {
			b.marks[e] = &mark{}
			if i == 0 {
				b.ledgers = append(b.ledgers, l)
			}
		}
	}
	return l
}

// speaks tells whether a verdict says whether there was a difference: one that was
// skipped, or that the rig spoilt, does not, and a flaky one might.
func speaks(v result.Verdict) bool {
	return v == result.Pass || v == result.Fail || v == result.Diverged
}

// Stale lists the entries that no run has shown, though one could have.
func (b *Book) Stale() []result.Accepted {
	b.mu.Lock()
	defer b.mu.Unlock()
	var stale []result.Accepted
	for _, l := range b.ledgers {
		whole := b.whole(l)
		for i := range l.Entries {
			e := &l.Entries[i]
			if m := b.marks[e]; m.could && !m.shown && (whole || !e.Scenario.IsPattern()) {
				stale = append(stale, result.Accepted{
					Scenario: e.Scenario.Text, Boards: texts(e.Boards), Clients: texts(e.Clients), Fields: texts(e.Fields),
					Cause: e.Cause, Link: e.Link, Since: e.Since, Source: e.Pos.String(),
				})
			}
		}
	}
	return stale
}

// selects tells whether a selector chooses a name. A kind alone chooses all of it:
// sim chooses sim:1.24 and sim@1.24.
func selects(selectors []scenarios.Glob, name string) bool {
	if len(selectors) == 0 {
		return true
	}
	for _, s := range selectors {
		kind := name
		if i := strings.IndexAny(name, ":@"); i >= 0 {
			kind = name[:i]
		}
		if s.Matches(name) || s.Matches(kind) {
			return true
		}
	}
	return false
}

var stepPrefix = regexp.MustCompile(`^steps\[\d+\]\.`)

// covers tells whether fields name a diff's field, or one that it is part of, with
// or without its step.
func covers(fields []scenarios.Glob, field string) bool {
	bare := stepPrefix.ReplaceAllString(field, "")
	for _, f := range fields {
		for _, whole := range []string{field, bare} {
			if f.Matches(whole) {
				return true
			}
			for i, c := range whole {
				if (c == '.' || c == '[') && f.Matches(whole[:i]) {
					return true
				}
			}
		}
	}
	return false
}

// alwaysJudged are the fields in which a run is judged whatever its file says: an
// exception that it does not expect, a request beyond the raw replies, a board that
// hangs.
var alwaysJudged = []string{"raises", "wire", "run"}

// fixes tells whether the file itself speaks of one of the fields.
func fixes(steps []scenarios.Step, client string, fields []scenarios.Glob) bool {
	for _, always := range alwaysJudged {
		if covers(fields, always) {
			return true
		}
	}
	for i := range steps {
		for _, field := range compare.FieldsOf(&steps[i], client) {
			if covers(fields, field) {
				return true
			}
		}
	}
	return false
}

func all(accepted []bool) bool {
	for _, a := range accepted {
		if !a {
			return false
		}
	}
	return true
}

func texts(globs []scenarios.Glob) []string {
	list := make([]string, 0, len(globs))
	for _, g := range globs {
		list = append(list, g.Text)
	}
	return list
}
