// Package markdown writes a report for a run page or a pull request: what broke, where,
// why and since when, and the totals; what passed is a number.
//
// The form is GitHub's (GFM). Texts from outside stand in <code> with every character
// that could mean something as an entity: no table is torn, no tag opened, no link made
// and nobody mentioned by what a server said. It is never larger than a comment may be.
package markdown

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/espy-hil/espy/hil/report/digest"
	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

const (
	mostBytes = 60_000 // of all of it; GitHub takes 65,536 characters in a comment, and 1 MiB in a run's summary
	longest   = 120    // characters of a text
	mostNames = 4      // scenarios, boards, clients of one finding
)

// Write writes a report.
func Write(w io.Writer, r *result.Report) error {
	var b strings.Builder
	headline, mood := digest.Headline(r)
	fmt.Fprintf(&b, "### Espy: %s %s\n\n", signs[mood], headline)
	totals(&b, r)
	findings(&b, r)
	beside(&b, r)
	_, err := io.WriteString(w, b.String())
	return err
}

// signs stand before the headline.
var signs = map[digest.Mood]string{digest.Good: "✅", digest.Bad: "❌", digest.Poor: "⚠️"}

// totals are the verdicts of each board.
func totals(b *strings.Builder, r *result.Report) {
	of := map[string]*result.Totals{}
	var boards []string
	for i := range r.Runs {
		name := r.Runs[i].Board
		if of[name] == nil {
			of[name] = &result.Totals{}
			boards = append(boards, name)
		}
		of[name].Add(r.Runs[i].Verdict)
	}
	b.WriteString("| board |")
	for _, v := range result.Verdicts {
		fmt.Fprintf(b, " %s |", v)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" ---: |", len(result.Verdicts)) + "\n")
	line := func(name string, t *result.Totals) {
		fmt.Fprintf(b, "| %s |", name)
		for _, v := range result.Verdicts {
			if n := t.Of(v); n > 0 {
				fmt.Fprintf(b, " %d |", n)
			} else {
				b.WriteString(" |")
			}
		}
		b.WriteString("\n")
	}
	for i, name := range boards {
		if i >= mostBoards {
			break
		}
		line(code(name), of[name])
	}
	if len(boards) != 1 {
		line(fmt.Sprintf("all %d", len(boards)), &r.Totals)
	}
	fmt.Fprintf(b, "\nin %.1f s, with Espy %s, begun %s\n", r.TookMS/1000, code(r.Espy), code(r.Started))
	if r.Interrupted {
		b.WriteString("\n**It was stopped early: not all runs were made.**\n")
	}
}

const mostBoards = 40

// findings is the table of what broke, as much of it as there is room for.
func findings(b *strings.Builder, r *result.Report) {
	all := digest.Findings(r)
	if len(all) == 0 {
		return
	}
	b.WriteString("\n| | what | where | want | got | since |\n| --- | --- | --- | --- | --- | --- |\n")
	for i := range all {
		row := finding(&all[i], r)
		if b.Len()+len(row) > mostBytes {
			fmt.Fprintf(b, "\nand %s like these, for which there is no room here; the other reports have them.\n", plain.Number(len(all)-i, "finding"))
			return
		}
		b.WriteString(row)
	}
}

func finding(f *digest.Finding, r *result.Report) string {
	d := &f.Diff
	where := names(f.Boards)
	if len(f.Clients) > 1 || f.Clients[0] != "espy.requests" {
		where += ", " + names(f.Clients)
	}
	what := names(f.Scenarios) + "<br>" + code(d.Field)
	if d.Source != "" && !strings.HasPrefix(d.Source, "board ") {
		what += ", " + code(d.Source)
	}
	if n := len(f.Runs); n > 1 {
		where += "<br>" + plain.Number(n, "run")
	}
	want, got := code(d.Want), code(d.Got)
	if !f.Alike {
		got += "<br>and others"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", f.Verdict, what, where, want, got, since(f, r))
}

// since is when a finding began.
func since(f *digest.Finding, r *result.Report) string {
	switch {
	case r.Previous == "":
		return ""
	case f.New:
		return "**new**"
	}
	if at, err := time.Parse(time.RFC3339, f.Since); err == nil {
		return at.UTC().Format("2006-01-02 15:04")
	}
	return code(f.Since)
}

// beside is what is no finding and still to be said.
func beside(b *strings.Builder, r *result.Report) {
	for i := range r.Stale {
		a := &r.Stale[i]
		line := fmt.Sprintf("\nstale: %s accepts a difference in %s of %s that is gone: take it out of the ledger\n", code(a.Source), names(a.Fields), code(a.Scenario))
		if b.Len()+len(line) > mostBytes {
			fmt.Fprintf(b, "\nand %s more are stale\n", plain.Number(len(r.Stale)-i, "line"))
			break
		}
		b.WriteString(line)
	}
	mended := 0
	for i := range r.Runs {
		if r.Runs[i].Mended {
			mended++
		}
	}
	if mended > 0 {
		fmt.Fprintf(b, "\nmended: %s\n", plain.Number(mended, "run"))
	}
}

// names lists a few names.
func names(all []string) string {
	shown := make([]string, 0, mostNames)
	for _, n := range all[:min(len(all), mostNames)] {
		shown = append(shown, code(n))
	}
	s := strings.Join(shown, ", ")
	if more := len(all) - mostNames; more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}

// code is a text from outside, as it is and nothing else.
func code(s string) string {
	if len(s) > utf8.UTFMax*longest { // the rest is not even looked at
		s = s[:utf8.UTFMax*longest]
	}
	s = plain.Fit(plain.Printable(s), longest)
	if s == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString("<code>")
	for _, r := range s {
		switch {
		case r == '@': // GitHub makes links of addresses once entities are characters again
			b.WriteString("<span>&#64;</span>")
		case r < 0x80 && !isWord(r):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteString("</code>")
	return b.String()
}

// isWord tells whether Markdown and GitHub see nothing but itself in a character.
func isWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(" -/=,+%", r)
}
