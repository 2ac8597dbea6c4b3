package terminal

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// slowest lists as many runs as the user wants, the slowest first.
func (p *Printer) slowest(b *strings.Builder, runs []result.Run) {
	if p.options.Slowest == 0 {
		return
	}
	var timed []*result.Run
	for i := range runs {
		if _, ok := runs[i].TimingMS["run"]; ok {
			timed = append(timed, &runs[i])
		}
	}
	slices.SortStableFunc(timed, func(a, b *result.Run) int { return cmp.Compare(b.TimingMS["run"], a.TimingMS["run"]) })
	timed = timed[:min(len(timed), p.options.Slowest)]
	fmt.Fprintf(b, "\nthe slowest %s\n", plain.Number(len(timed), "run"))
	for _, r := range timed {
		took := fmt.Sprintf("%7.0f ms  ", r.TimingMS["run"])
		fmt.Fprintf(b, "%s%s\n", took, p.named(r, place(r), len(took)))
	}
}
