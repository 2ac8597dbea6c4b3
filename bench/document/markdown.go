package document

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/espy-hil/espy/bench/measure"
)

// Markdown is the report for people. The last part, which is written by hand, says
// what was made faster.
func (r *Report) Markdown(byHand string) string {
	var b strings.Builder
	fmt.Fprint(&b, "# Benchmarks\n\n`make bench` wrote this page, and the same as JSON: [benchmarks.json](benchmarks.json).\n"+
		"`ARGS=-quick` is a look of a minute, `ARGS=-long` the whole and ten million requests, `ARGS='-only heap'` some tables, `CLIENT=file.py` puts a client of yours beside.\n")
	if r.Quick {
		fmt.Fprint(&b, "\n**A quick look, with too few rounds to prove anything.**\n")
	}
	if len(r.Only) > 0 {
		fmt.Fprintf(&b, "\n**Only a part was measured: %s.**\n", strings.Join(r.Only, ", "))
	}
	r.machine(&b)
	r.targets(&b)
	section := ""
	for _, o := range r.Outcomes {
		if o.Section != section {
			section = o.Section
			fmt.Fprintf(&b, "\n## %s\n", section)
		}
		experiment(&b, o)
	}
	if byHand != "" {
		fmt.Fprintf(&b, "\n%s", byHand)
	}
	return b.String()
}

func (r *Report) machine(b *strings.Builder) {
	m := r.Machine
	fmt.Fprintf(b, "\n%s, in %v, of espy %s, on %d processors (%s), %s of memory, %s. Load average of the last minute before it: %.2f; during it, which is its own work too: %.2f to %.2f.\n",
		r.Started.UTC().Format("2006-01-02 15:04 UTC"), r.Took.Round(time.Second), r.Commit, m.Processors, m.Processor, m.Memory, m.System, m.Before, m.Least, m.Most)
	var versions []string
	for _, v := range r.Versions {
		versions = append(versions, v.Program+" "+v.Version)
	}
	fmt.Fprintf(b, "%s.\n\n", strings.Join(versions, ", "))
	if n := r.disturbed(); n > 0 {
		fmt.Fprintf(b, "**Other programs had more than %.0f %% of the processors during %d of the %d experiments, which say so below.**\n\n", busy*100, n, len(r.Outcomes))
	}
	fmt.Fprintf(b, `How to read the tables: a value is the median of the rounds; in each round all parties go
in turns. *Spread* is the distance between the quartiles as a part of the median; above
%.0f %% it is called **wide**, and the figure is not to be relied on. *The first is* says how many
times better the first party of the figure, which is ours, is than this one: the median of
the ratios of the pairs, one pair a round; below 1 it is worse.
`, measure.TooWide*100)
}

// disturbed is how many experiments were made on a busy machine.
func (r *Report) disturbed() (n int) {
	for _, o := range r.Outcomes {
		if o.Others != nil && *o.Others > busy {
			n++
		}
	}
	return n
}

func (r *Report) targets(b *strings.Builder) {
	count := map[standing]int{}
	for _, v := range r.Targets {
		count[standingOf(v)]++
	}
	fmt.Fprintf(b, "\n## What is promised\n\n%d targets: %d met, %d missed, %d not measured, %d measured by commands of their own.\n\n",
		len(r.Targets), count[met], count[missed], count[absent], count[elsewhere])
	fmt.Fprint(b, "| what | promised | reached | | by |\n| --- | ---: | ---: | --- | --- |\n")
	for _, v := range sortedByVerdict(r.Targets) {
		reached, word := "", "met"
		switch standingOf(v) {
		case elsewhere:
			word = "`" + v.Elsewhere + "`"
		case absent:
			word = "**not measured**: " + cell(v.Why)
		case missed:
			word = "**MISSED**"
		}
		if v.Reached != nil {
			reached = Quantity(*v.Reached, v.Unit)
		}
		if v.Wide {
			word += ", wide spread"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | [%s](%s) |\n", cell(v.What), promise(v), reached, word, v.In, v.In)
	}
}

// standing is how a target stands, in the order in which they are told.
type standing int

const (
	missed standing = iota
	absent
	met
	elsewhere
)

func standingOf(v measure.Verdict) standing {
	switch {
	case v.Elsewhere != "":
		return elsewhere
	case v.Reached == nil:
		return absent
	case v.Met:
		return met
	}
	return missed
}

// sortedByVerdict has what is missed first.
func sortedByVerdict(all []measure.Verdict) []measure.Verdict {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(x, y measure.Verdict) int { return int(standingOf(x) - standingOf(y)) })
	return sorted
}

func promise(v measure.Verdict) string {
	if v.Promise != "" {
		return cell(v.Promise)
	}
	if v.AtMost != nil {
		return "≤ " + Quantity(*v.AtMost, v.Unit)
	}
	return "≥ " + Quantity(*v.AtLeast, v.Unit)
}

func experiment(b *strings.Builder, o measure.Outcome) {
	fmt.Fprintf(b, "\n### %s\n\n", o.Title)
	if o.About != "" {
		fmt.Fprintf(b, "%s\n\n", strings.TrimSpace(o.About))
	}
	if why, all := allLeftOut(o); all {
		fmt.Fprintf(b, "**Left out, all of it: %s.**\n", cell(why))
	} else {
		table(b, o)
	}
	for _, broken := range o.Broken {
		fmt.Fprintf(b, "\n**Failed: %s**\n", cell(broken))
	}
}

// allLeftOut is why nothing of an experiment was measured, where that is one reason.
func allLeftOut(o measure.Outcome) (why string, all bool) {
	for i, row := range o.Rows {
		if row.Value != nil || i > 0 && row.Why != why {
			return "", false
		}
		why = row.Why
	}
	return why, why != ""
}

func table(b *strings.Builder, o measure.Outcome) {
	fmt.Fprint(b, "| | | median | spread | the first is |\n| --- | --- | ---: | ---: | ---: |\n")
	for i, row := range o.Rows {
		what := cell(row.What)
		if i > 0 && o.Rows[i-1].Figure == row.Figure {
			what = ""
		}
		if row.Value == nil {
			fmt.Fprintf(b, "| %s | %s | left out: %s | | |\n", what, cell(row.Who), cell(row.Why))
			continue
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", what, cell(row.Who), Quantity(row.Value.Median, row.Unit), spread(row.Value), comparison(row))
	}
	fmt.Fprintf(b, "\n%s\n", Took(o))
	if len(o.Curves) > 0 {
		fmt.Fprintf(b, "\n![%s](%s)\n", o.Title, PlotName(o.Title))
	}
}

// busy is the part of the processors from which on other programs are in the way.
const busy = 0.1

// Took tells in how many rounds and in which time it was measured, and on how busy a
// machine.
func Took(o measure.Outcome) string {
	text := fmt.Sprintf("%d rounds", rounds(o))
	if rounds(o) == 1 {
		text = "One round, which has no spread"
	}
	text += fmt.Sprintf(", in %v.", o.Took.Round(time.Second/10))
	switch {
	case o.Others == nil:
	case *o.Others > busy:
		text += fmt.Sprintf(" **Other programs had %.0f %% of the processors meanwhile: the figures are of a busy machine.**", *o.Others*100)
	default:
		text += fmt.Sprintf(" Other programs had %.0f %% of the processors meanwhile.", *o.Others*100)
	}
	return text
}

func rounds(o measure.Outcome) (most int) {
	for _, row := range o.Rows {
		if row.Value != nil {
			most = max(most, len(row.Value.Samples))
		}
	}
	return most
}

func spread(s *measure.Summary) string {
	if len(s.Samples) < 2 {
		return "one round"
	}
	text := fmt.Sprintf("%.0f %%", s.Spread*100)
	if s.Wide() {
		text += " **wide**"
	}
	return text
}

func comparison(row measure.Row) string {
	if row.Times == nil {
		return ""
	}
	words := map[string]string{"ms": "as fast", "s": "as fast", "µs": "as fast", "B": "as small", "MiB": "as small"}
	word := "as good"
	if w, known := words[row.Unit]; known {
		word = w
	} else if strings.HasSuffix(row.Unit, "/s") {
		word = "as fast"
	}
	text := fmt.Sprintf("%s × %s", number(row.Times.Median), word)
	if row.Times.Wide() {
		text += fmt.Sprintf(" (%.0f %%, **wide**)", row.Times.Spread*100)
	}
	return text
}

// cell is text that fits a table.
func cell(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "|", `\|`)), " ")
}

// Summary is the targets in few lines, for a terminal.
func (r *Report) Summary() string {
	var b strings.Builder
	for _, v := range sortedByVerdict(r.Targets) {
		word, reached := "met   ", ""
		if v.Reached != nil {
			reached = Quantity(*v.Reached, v.Unit)
		}
		switch standingOf(v) {
		case elsewhere:
			continue
		case absent:
			word, reached = "absent", v.Why
		case missed:
			word = "MISSED"
		}
		if v.Wide {
			reached += " (wide spread)"
		}
		fmt.Fprintf(&b, "%s  %s: %s, promised %s\n", word, v.What, reached, promise(v))
	}
	return b.String()
}
