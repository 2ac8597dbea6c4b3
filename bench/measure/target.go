package measure

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v4"
)

// A Target is what is promised of a figure: of our own value or, beside another
// party, of how many times better ours is.
type Target struct {
	Figure  string   `yaml:"figure"`
	Who     string   `yaml:"of"`      // which party's value: ours if not given
	Beside  string   `yaml:"beside"`  // or the ratio to that party
	AtMost  *float64 `yaml:"at-most"` // one of the two
	AtLeast *float64 `yaml:"at-least"`
	Worst   bool     `yaml:"worst"` // the worst round counts, and not the median
	In      string   `yaml:"in"`    // the document of the part that promises it
	With    string   `yaml:"with"`  // the option with which it is measured, where it is not always

	// What takes too long, or has no number, is measured by a command of its own.
	Elsewhere string `yaml:"elsewhere"` // the command
	What      string `yaml:"what"`
	Promise   string `yaml:"promise"`
}

// Targets reads a file of them.
func Targets(content []byte) (all []Target, err error) {
	d := yaml.NewDecoder(bytes.NewReader(content))
	d.KnownFields(true)
	if err := d.Decode(&all); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the targets: %w", err)
	}
	for _, t := range all {
		if t.Elsewhere == "" && (t.AtMost == nil) == (t.AtLeast == nil) {
			return nil, fmt.Errorf("target of %s: give at-most or at-least", t.Figure)
		}
		if t.In == "" {
			return nil, fmt.Errorf("target of %s: say in which document it is promised", t.Figure)
		}
		if (t.Elsewhere == "") == (t.Figure == "") || t.Elsewhere != "" && (t.What == "" || t.Promise == "") {
			return nil, fmt.Errorf("target %s%s: it is of a figure, or says what is promised and which command measures it elsewhere", t.Figure, t.What)
		}
	}
	return all, nil
}

// A Verdict is a target beside what was reached.
type Verdict struct {
	What    string   `json:"what"`
	Unit    string   `json:"unit"`
	In      string   `json:"in"`
	AtMost  *float64 `json:"at_most,omitempty"`
	AtLeast *float64 `json:"at_least,omitempty"`
	Reached *float64 `json:"reached,omitempty"` // nil: not measured, and Why says why
	Met     bool     `json:"met"`
	Wide    bool     `json:"wide"`
	Why     string   `json:"why,omitempty"`

	Elsewhere string `json:"elsewhere,omitempty"` // the command that measures it
	Promise   string `json:"promise,omitempty"`   // where it is no number
}

// Times is the unit of a ratio.
const Times = "times"

// Judge holds a target against what was measured, of all that can be.
func (t Target) Judge(figures []Figure, all []Outcome) Verdict {
	if t.Elsewhere != "" {
		return Verdict{What: t.What, In: t.In, Elsewhere: t.Elsewhere, Promise: t.Promise}
	}
	v := Verdict{What: t.Figure, In: t.In, AtMost: t.AtMost, AtLeast: t.AtLeast}
	for _, f := range figures {
		if f.ID == t.Figure {
			v.What, v.Unit = f.What+", "+cmp.Or(t.Who, f.Of[0].Who), f.Unit
		}
	}
	if t.Beside != "" {
		v.What, v.Unit = v.What+" beside "+t.Beside, Times
	}
	row, found := t.row(all)
	if !found {
		if v.Why = "not measured this time"; t.With != "" {
			v.Why = "only `make bench ARGS=" + t.With + "` measures it"
		}
		return v
	}
	v.What, v.Unit = row.What+", "+row.Who, row.Unit
	s := row.Value
	if t.Beside != "" {
		v.What, v.Unit, s = row.What+", beside "+row.Who, Times, row.Times
	}
	if s == nil {
		if v.Why = row.Why; v.Why == "" {
			v.Why = "there was nothing of ours to compare"
		}
		return v
	}
	reached := s.Median
	if t.Worst {
		v.What += ", worst round"
		if reached = s.Low; t.AtMost != nil {
			reached = s.High
		}
	}
	v.Reached, v.Wide = &reached, s.Wide()
	v.Met = (t.AtMost == nil || reached <= *t.AtMost) && (t.AtLeast == nil || reached >= *t.AtLeast)
	return v
}

// row is the one that a target is about.
func (t Target) row(all []Outcome) (Row, bool) {
	who := t.Who
	if t.Beside != "" {
		who = t.Beside
	}
	for _, o := range all {
		for _, r := range o.Rows {
			if r.Figure == t.Figure && (who == "" || r.Who == who) {
				return r, true
			}
		}
	}
	return Row{}, false
}
