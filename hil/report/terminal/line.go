package terminal

import (
	"fmt"
	"strings"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

const (
	verdictColumns = 8  // of the longest verdict, diverged
	titleColumns   = 20 // what is left of a title in the narrowest terminal
)

// colors are SGR parameters by verdict: the 16 colours that every theme makes legible.
var colors = map[result.Verdict]string{
	result.Pass:     "32",
	result.Fail:     "31",
	result.Diverged: "35",
	result.Flaky:    "33",
	result.Rig:      "33",
	result.Known:    "2",
	result.Skip:     "2",
}

// verdict is a verdict in its colour, padded to the width of the longest.
func (p *Printer) verdict(v result.Verdict) string {
	return p.painted(v, plain.Pad(string(v), verdictColumns))
}

// title names a run by its scenario and variant.
func title(r *result.Run) string {
	s := plain.Printable(r.Scenario)
	if r.Variant != "" {
		s += " [" + plain.Printable(r.Variant) + "]"
	}
	return s
}

// usualClient is not worth a word.
const usualClient = "espy.requests"

// place says where and how a run was made.
func place(r *result.Run) string {
	parts := []string{plain.Printable(r.Board)}
	if r.Client != "" && r.Client != usualClient {
		parts = append(parts, plain.Printable(r.Client))
	}
	if r.HTTPVersion != "" {
		parts = append(parts, plain.Printable(r.HTTPVersion))
	}
	if r.Repeat > 1 {
		parts = append(parts, fmt.Sprintf("repeat %d", r.Repeat))
	}
	if r.Attempt > 1 {
		parts = append(parts, fmt.Sprintf("attempt %d", r.Attempt))
	}
	return strings.Join(parts, "  ")
}

// line is a run in one line: verdict, title, place, time. On a terminal the title
// gives way, so that the rest stands in columns.
func (p *Printer) line(r *result.Run) string {
	where := place(r)
	if ms, ok := r.TimingMS["run"]; ok {
		where += fmt.Sprintf("  %4.0f ms", ms)
	}
	name := title(r)
	if width := p.options.Columns(); width > 0 {
		room := max(titleColumns, width-verdictColumns-plain.Columns(where)-len("    "))
		name = plain.Pad(plain.Fit(name, room), room)
	}
	return p.verdict(r.Verdict) + "  " + name + "  " + where + "\n"
}

// named names a run, behind so many columns, and where it was made. On a terminal its
// title gives way, and last where.
func (p *Printer) named(r *result.Run, where string, behind int) string {
	width, name := p.options.Columns(), title(r)
	if width > 0 {
		room := width - behind - 1
		name = plain.Fit(name, max(min(room, titleColumns), room-plain.Columns(where)-len("  ")))
		return plain.Fit(name+"  "+where, room)
	}
	return name + "  " + where
}

// Named names a run, and says where and how it was made.
func Named(r *result.Run) string { return title(r) + "  " + place(r) }
