package terminal

import (
	"fmt"
	"strings"

	"github.com/espy-hil/espy/hil/report/digest"
	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// What is shown of runs that are not as they should be.
const (
	mostOfAFinding = 3  // with all that matters, of those that have one cause
	mostMore       = 10 // by their names, of the others
	mostPlaces     = 12 // of what is the same in several places
)

// A failed is a run that is not as it should be, and the others of which the same is to
// be said, to the letter.
type failed struct {
	run     *result.Run
	text    string
	places  []string // where and how it was so, each with the number under which espy show knows it
	finding int
}

// failures shows each run that is not as it should be with what matters of it: one that
// is so in the same way in several places once; of many that have one cause the first,
// and the names of others.
func (p *Printer) failures(b *strings.Builder, r *result.Report) {
	all := p.failed(r)
	rest := map[int][]*failed{} // by finding, those that are not shown yet
	for _, f := range all {
		rest[f.finding] = append(rest[f.finding], f)
	}
	shown := map[int]int{}
	for _, f := range all {
		if shown[f.finding] == mostOfAFinding {
			continue
		}
		p.failure(b, f.run, f.text, f.places)
		shown[f.finding]++
		rest[f.finding] = rest[f.finding][1:]
		if shown[f.finding] == mostOfAFinding {
			p.alike(b, rest[f.finding])
		}
	}
}

// failed gathers them, in the order of the report.
func (p *Printer) failed(r *result.Report) (all []*failed) {
	finding := map[int]int{}
	for n, f := range digest.Findings(r) {
		for _, place := range f.Runs {
			finding[place] = n
		}
	}
	type key struct{ verdict, title, text string }
	at := map[key]*failed{}
	for i := range r.Runs {
		run := &r.Runs[i]
		if len(run.Diffs) == 0 || !run.Verdict.Wrong() {
			continue
		}
		text := plain.Failure(run, p.options.Columns())
		k := key{string(run.Verdict), title(run), text}
		if at[k] == nil {
			at[k] = &failed{run: run, text: text, finding: finding[i]}
			all = append(all, at[k])
		}
		at[k].places = append(at[k].places, numbered(run, i+1))
	}
	return all
}

// numbered says where a run was made, and under which number espy show knows it.
func numbered(r *result.Run, number int) string { return fmt.Sprintf("%s  #%d", place(r), number) }

// failure shows what matters of a run, which is text, and where it was made.
func (p *Printer) failure(b *strings.Builder, r *result.Run, text string, places []string) {
	fmt.Fprintf(b, "\n%s  %s\n", p.verdict(r.Verdict), title(r))
	indent := plain.Pad("", verdictColumns+len("  "))
	for _, where := range places[:min(len(places), mostPlaces)] {
		b.WriteString(indent + where + "\n")
	}
	if more := len(places) - mostPlaces; more > 0 {
		fmt.Fprintf(b, "%sand %s like these\n", indent, plain.Number(more, "more run"))
	}
	b.WriteString(text)
}

// alike names runs that are not as they should be for the same reason as those above.
func (p *Printer) alike(b *strings.Builder, all []*failed) {
	if len(all) == 0 {
		return
	}
	runs := 0
	for _, f := range all {
		runs += len(f.places)
	}
	fmt.Fprintf(b, "\n%s more for the same reason\n", plain.Number(runs, "run"))
	left := runs
	for _, f := range all[:min(len(all), mostMore)] {
		b.WriteString(p.verdict(f.run.Verdict) + "  " + p.named(f.run, several(f.places), verdictColumns+len("  ")) + "\n")
		left -= len(f.places)
	}
	if left > 0 {
		fmt.Fprintf(b, "%sand %d more, which --html and --json have\n", plain.Pad("", verdictColumns+len("  ")), left)
	}
}

// several are the first of some places, and how many there are besides.
func several(places []string) string {
	if more := len(places) - 1; more > 0 {
		return fmt.Sprintf("%s and %d more", places[0], more)
	}
	return places[0]
}
