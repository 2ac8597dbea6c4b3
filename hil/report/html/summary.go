package html

import (
	"fmt"
	"html/template"
	"slices"
	"time"

	"github.com/espy-hil/espy/hil/report/digest"
	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// A summary is what stands on the page before any script has run.
type summary struct {
	Policy   string
	Style    template.CSS
	Title    string
	Headline string
	Mood     string // good, bad, or poor: the rig failed, or not all was run
	Report   *result.Report
	Began    string
	Took     string
	Previous string
	Verdicts []share
	Findings []finding
	More     []finding // findings beyond the first few
	Boards   []board
	Mended   int
}

// A share is a verdict's part of all runs.
type share struct {
	Verdict     result.Verdict
	Count       int
	From, Width string // percent, of the bar
}

// A finding is one thing that broke, as it is shown.
type finding struct {
	digest.Finding
	ID      string // of its first run
	Where   string // FILE:LINE
	Origin  string
	Others  int // scenarios beside the first
	Began   string
	Clients []string // where they are not Espy's own alone
}

// A board is one with its verdicts.
type board struct {
	result.Board
	Hash     string
	Verdicts []share
}

// mostFindings are shown at once.
const mostFindings = 12

func summarize(r *result.Report) *summary {
	s := &summary{Policy: policy(), Style: template.CSS(styles), Report: r, Began: day(r.Started), Previous: day(r.Previous), Took: took(r.TookMS)}
	headline, mood := digest.Headline(r)
	s.Headline, s.Mood = headline, string(mood)
	s.Title = s.Headline + " · Espy"
	s.Verdicts = shares(r.Totals)
	for i := range r.Runs {
		if r.Runs[i].Mended {
			s.Mended++
		}
	}
	ids := identities(r.Runs)
	for _, f := range digest.Findings(r) {
		shown := finding{Finding: f, ID: ids[f.Runs[0]], Others: len(f.Scenarios) - 1, Origin: plain.Origin(&f.Diff), Began: day(f.Since)}
		if f.Verdict == result.Fail {
			shown.Where = f.Diff.Source
		}
		if slices.Equal(f.Clients, []string{"espy.requests"}) {
			shown.Finding.Clients = nil
		}
		s.Findings = append(s.Findings, shown)
	}
	if len(s.Findings) > mostFindings {
		s.Findings, s.More = s.Findings[:mostFindings], s.Findings[mostFindings:]
	}
	s.Boards = boards(r)
	return s
}

// shares are the verdicts that there are.
func shares(t result.Totals) (all []share) {
	at, sum := 0, max(t.All(), 1)
	for _, v := range result.Verdicts {
		if n := t.Of(v); n > 0 {
			all = append(all, share{v, n, percent(at, sum), percent(n, sum)})
			at += n
		}
	}
	return all
}

func percent(n, of int) string { return fmt.Sprintf("%.3f%%", 100*float64(n)/float64(of)) }

// boards are those of a report, and those that its runs name.
func boards(r *result.Report) []board {
	totals := map[string]*result.Totals{}
	all := slices.Clone(r.Boards)
	for i := range r.Runs {
		name := r.Runs[i].Board
		if totals[name] == nil {
			totals[name] = &result.Totals{}
			if !slices.ContainsFunc(all, func(b result.Board) bool { return b.Name == name }) {
				all = append(all, result.Board{Name: name})
			}
		}
		totals[name].Add(r.Runs[i].Verdict)
	}
	shown := make([]board, 0, len(all))
	for _, b := range all {
		one := board{Board: b, Hash: b.Firmware.Hash[:min(8, len(b.Firmware.Hash))]}
		if t := totals[b.Name]; t != nil {
			one.Verdicts = shares(*t)
		}
		shown = append(shown, one)
	}
	return shown
}

// day is a time as people write it; what is none stays as it is.
func day(at string) string {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return at
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

func took(ms float64) string {
	d := time.Duration(ms * float64(time.Millisecond))
	switch {
	case d <= 0:
		return ""
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	default:
		return d.Round(time.Second).String()
	}
}
