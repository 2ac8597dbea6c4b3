package terminal

import (
	"fmt"
	"strings"
	"time"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// What is shown of reasons for which runs came to nothing: each says the same of
// the rig once more.
const (
	mostReasons   = 3
	longestReason = 600 // characters
)

// Summary shows each run that is not as it should be with what differed, why runs
// were skipped, and the totals; how long it took, unless that is 0: not known.
func (p *Printer) Summary(r *result.Report, took time.Duration) {
	var b strings.Builder
	b.WriteString(p.erased())
	b.WriteString(p.rest())
	p.failures(&b, r)
	troubles(&b, r.Runs, result.Known, "accepted in", func(run *result.Run) string { return strings.Join(run.Known, "; ") })
	troubles(&b, r.Runs, result.Rig, "the rig failed for", rigTrouble)
	troubles(&b, r.Runs, result.Skip, "skipped", func(run *result.Run) string { return run.SkipReason })
	for i := range r.Stale {
		stale(&b, &r.Stale[i])
	}
	p.slowest(&b, r.Runs)
	fmt.Fprintf(&b, "\n%s\n", p.sum(r, took))
	p.write(b.String())
}

// rigTrouble is why the rig failed.
func rigTrouble(r *result.Run) string {
	if len(r.Diffs) == 0 {
		return "the results do not say why"
	}
	return r.Diffs[0].Got
}

// stale shows an entry of a ledger whose difference is gone.
func stale(b *strings.Builder, a *result.Accepted) {
	fmt.Fprintf(b, "\nstale     %s: the difference in %s of %s is gone: take the entry out of the ledger\n", plain.Printable(a.Source),
		plain.Printable(strings.Join(a.Fields, ", ")), plain.Printable(a.Scenario))
}

// troubles shows each reason for which runs came to nothing once: a board that is
// not there spoils many runs in the same way.
func troubles(b *strings.Builder, runs []result.Run, v result.Verdict, what string, why func(*result.Run) string) {
	count := map[string]int{}
	var reasons []string
	for i := range runs {
		if runs[i].Verdict != v {
			continue
		}
		reason := why(&runs[i])
		if count[reason] == 0 {
			reasons = append(reasons, reason)
		}
		count[reason]++
	}
	rest := 0
	for i, reason := range reasons {
		if i >= mostReasons {
			rest += count[reason]
			continue
		}
		fmt.Fprintf(b, "\n%s %s: %s\n", what, plain.Number(count[reason], "run"), plain.Fit(plain.Printable(reason), longestReason))
		if topic := plain.Trouble(reason); topic != "" && v == result.Rig {
			fmt.Fprintf(b, "see: espy help %s\n", topic)
		}
	}
	if rest > 0 {
		fmt.Fprintf(b, "\n%s %s more, for %s like these; --json has them all\n", what, plain.Number(rest, "run"), plain.Number(len(reasons)-mostReasons, "reason"))
	}
}

// sum is the last line.
func (p *Printer) sum(r *result.Report, took time.Duration) string {
	var counts []string
	for _, v := range result.Verdicts {
		if n := r.Totals.Of(v); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, v))
		}
	}
	s := plain.Number(r.Totals.All(), "run")
	if took > 0 {
		s += " in " + seconds(took)
	}
	if len(counts) > 0 {
		s += ": " + strings.Join(counts, ", ")
	}
	if n := len(r.Stale); n > 0 {
		s += fmt.Sprintf("; %d stale in the ledger", n)
	}
	if r.Interrupted {
		s += "; stopped early"
		if p.planned > 0 {
			s += fmt.Sprintf(", %d were planned", p.planned)
		}
	}
	return s
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
