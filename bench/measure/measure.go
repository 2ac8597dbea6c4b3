// Package measure makes experiments and says how sure their figures are.
//
//   - a source is something that can be measured again and again: a Go benchmark,
//     a program that is run, a server that is asked
//   - an experiment has its sources go in turns, a round at a time, so that what else
//     the machine does falls on all of them alike
//   - a reading is one number that a source gives in one round
//   - a figure is what is made known of the readings: ours, and beside it those of
//     what a user would take instead
//   - a ratio is how many times better ours is than another: the median over the
//     pairs, each of the two readings of one round
//   - the spread is the distance between the quartiles, as a part of the median
//   - a target is what has been promised of a figure: see Target
//
// The way of the data: Source -> Readings -> Row -> (with Targets) Verdict. Package
// document renders what comes out.
package measure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Readings are what a source gives in a round, by name.
type Readings map[string]float64

// A Probe is a source that has been started. Stop may be nil, and so may Cannot, which
// tells of a reading that the rounds did not give why that is; "": it says nothing.
type Probe struct {
	Round  func(context.Context) (Readings, error)
	Cannot func(reading string) string
	Stop   func()
}

// A Source is what can be measured.
type Source struct {
	Name  string
	Start func(context.Context) (*Probe, error)
}

// ErrMissing is that of a source which cannot be started since a program is not
// installed: no fault of ours, and told in the table.
var ErrMissing = errors.New("not there")

// A Direction says which of two readings is better.
type Direction string

const (
	Less Direction = "less"
	More Direction = "more"
)

// A Figure is ours, and what stands beside it: the first series is ours.
type Figure struct {
	ID     string // as targets call it
	What   string
	Unit   string
	Better Direction
	Of     []Series
}

// A Series is one party of a figure: the readings of that name of a source. An
// experiment with one source need not name it.
type Series struct {
	Who     string
	Reading string
	From    string
	Cannot  string // why there may be no such reading; where it may not be absent: empty
}

// An Experiment is a table of the document: figures whose sources go in turns.
type Experiment struct {
	Section string
	Title   string
	About   string
	Rounds  int  // at most; 0 is as many as the others have
	Long    bool // no part of a quick look
	Longest bool // only where it is asked for
	Sources []Source
	Figures []Figure
	Curves  []Curve // to be drawn
}

// A Curve is how figures grow with something: from the first value of each.
type Curve struct {
	Name   string
	Points []Point
}

// A Point is a figure, and of how many things it is.
type Point struct {
	Of     int
	Figure string
}

// patience is how long one round of one source may take: ten million requests take two
// minutes, and four where the machine has other work.
const patience = 10 * time.Minute

// A Plan is how much is measured.
type Plan struct {
	Rounds int
	Say    func(format string, args ...any) // how it gets on
}

// Run makes an experiment. A source that fails is said to in its rows, and the
// others go on.
func (e Experiment) Run(ctx context.Context, p Plan) Outcome {
	begun := time.Now()
	all := e.start(ctx, p)
	defer all.stop()
	rounds := p.Rounds
	if e.Rounds > 0 {
		rounds = min(rounds, e.Rounds)
	}
	for i := range rounds {
		p.Say("  round %d of %d", i+1, rounds)
		all.round(ctx, i, p)
	}
	o := Outcome{Section: e.Section, Title: e.Title, About: e.About, Took: time.Since(begun).Round(10 * time.Millisecond)}
	for _, f := range e.Figures {
		o.Rows = append(o.Rows, f.rows(e, all)...)
	}
	for _, c := range e.Curves {
		o.Curves = append(o.Curves, c.drawn(o.Rows))
	}
	for _, s := range all {
		if s.err != nil && !errors.Is(s.err, ErrMissing) {
			o.Broken = append(o.Broken, fmt.Sprintf("%s: %v", s.Name, s.err))
		}
	}
	return o
}

// turn is a source in an experiment: its readings round by round, until it failed.
type turn struct {
	Source
	probe  *Probe
	rounds []Readings
	err    error
}

type turns []*turn

func (e Experiment) start(ctx context.Context, p Plan) (all turns) {
	for _, s := range e.Sources {
		t := &turn{Source: s}
		limit, cancel := context.WithTimeout(ctx, patience)
		t.probe, t.err = s.Start(limit)
		cancel()
		if t.err != nil {
			p.Say("  %s: %v", s.Name, t.err)
		}
		all = append(all, t)
	}
	return all
}

// round has each source go once, and another one first each time.
func (all turns) round(ctx context.Context, i int, p Plan) {
	for k := range all {
		t := all[(i+k)%len(all)]
		if t.err != nil {
			continue
		}
		limit, cancel := context.WithTimeout(ctx, patience)
		r, err := t.probe.Round(limit)
		cancel()
		if err != nil {
			t.err = fmt.Errorf("it broke off in round %d: %w", i+1, err)
			p.Say("  %s: %v", t.Name, t.err)
			continue
		}
		t.rounds = append(t.rounds, r)
	}
}

func (all turns) stop() {
	for _, t := range slices.Backward(all) {
		if t.probe != nil && t.probe.Stop != nil {
			t.probe.Stop()
		}
	}
}

// samples are the readings of a series, a round each.
func (all turns) samples(s Series) ([]float64, error) {
	for _, t := range all {
		if s.From != "" && s.From != t.Name {
			continue
		}
		if t.err != nil {
			return nil, t.err
		}
		var found []float64
		for _, r := range t.rounds {
			v, there := r[s.Reading]
			why := ""
			if !there && t.probe.Cannot != nil {
				why = t.probe.Cannot(s.Reading)
			}
			switch {
			case why != "":
				return nil, errors.New(why)
			case !there && s.Cannot != "":
				return nil, errors.New(s.Cannot)
			case !there:
				t.err = fmt.Errorf("it gives no %q, but %q", s.Reading, r.names())
				return nil, t.err
			}
			found = append(found, v)
		}
		return found, nil
	}
	return nil, fmt.Errorf("there is no source %q", s.From)
}

func (r Readings) names() (all []string) {
	for name := range r {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
