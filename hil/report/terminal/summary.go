package terminal

import (
	"fmt"
	"strings"
	"time"

	"github.com/espy-hil/espy/hil/result"
)

// Summary shows each run that is not as it should be with what differed, why runs
// were skipped, and the totals.
func (p *Printer) Summary(r *result.Report, took time.Duration) {
	var b strings.Builder
	b.WriteString(p.erased())
	for i := range r.Runs {
		if run := &r.Runs[i]; len(run.Diffs) > 0 {
			p.failure(&b, run)
		}
	}
	skips(&b, r.Runs)
	fmt.Fprintf(&b, "\n%s\n", p.totals(r, took))
	p.write(b.String())
}

// failure shows a run and its diffs.
func (p *Printer) failure(b *strings.Builder, r *result.Run) {
	fmt.Fprintf(b, "\n%s  %s\n%s  %s\n", p.verdict(r.Verdict), title(r), pad("", verdictColumns), place(r))
	for _, d := range r.Diffs {
		fmt.Fprintf(b, "    %s  (%s)\n", printable(d.Field), printable(d.Source))
		fmt.Fprintf(b, "      want  %s\n", printable(d.Want))
		fmt.Fprintf(b, "      got   %s\n", printable(d.Got))
	}
}

// skips shows each reason for which runs were skipped once.
func skips(b *strings.Builder, runs []result.Run) {
	count := map[string]int{}
	var reasons []string
	for i := range runs {
		if runs[i].Verdict != result.Skip {
			continue
		}
		reason := runs[i].SkipReason
		if count[reason] == 0 {
			reasons = append(reasons, reason)
		}
		count[reason]++
	}
	if len(reasons) > 0 {
		b.WriteByte('\n')
	}
	for _, reason := range reasons {
		fmt.Fprintf(b, "skipped %d: %s\n", count[reason], printable(reason))
	}
}

// totals is the last line.
func (p *Printer) totals(r *result.Report, took time.Duration) string {
	var counts []string
	for _, v := range result.Verdicts {
		if n := r.Totals.Of(v); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, v))
		}
	}
	all := r.Totals.All()
	s := fmt.Sprintf("%d runs in %s", all, seconds(took))
	if all == 1 {
		s = "1 run in " + seconds(took)
	}
	if len(counts) > 0 {
		s += ": " + strings.Join(counts, ", ")
	}
	if r.Interrupted {
		s += fmt.Sprintf("; stopped early, %d were planned", p.planned)
	}
	return s
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
