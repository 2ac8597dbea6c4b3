package markdown

import (
	"fmt"
	"io"
	"strings"

	"github.com/espy-hil/espy/hil/report/changes"
	"github.com/espy-hil/espy/hil/report/digest"
	"github.com/espy-hil/espy/hil/report/plain"
)

// Changes writes what changed between two results, whose names are before and after: the
// difference that a pull request makes.
func Changes(w io.Writer, c *changes.Changes, before, after string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### Espy: %s\n\nfrom %s to %s, %s in both\n", changed(c), code(before), code(after), plain.Number(c.Compared, "run"))
	table := rows{to: &b, head: "\n| | what | where | want | got |\n| --- | --- | --- | --- | --- |\n"}
	verdicts(&table, "**new**", c.New)
	verdicts(&table, "still", c.Still)
	verdicts(&table, "mended", c.Mended)
	verdicts(&table, "silent", c.Silent)
	table.end()
	table = rows{to: &b, head: "\n| | what | where | before | after |\n| --- | --- | --- | ---: | ---: |\n"}
	costs(&table, "slower", c.Slower)
	for _, p := range c.Boards {
		table.add(fmt.Sprintf("| slower | all runs, in the middle | %s | | %.1f times as long |\n", code(p.Board), p.Times))
	}
	costs(&table, "hungrier", c.Hungrier)
	table.end()
	for _, only := range []struct {
		names []changes.Name
		in    string
	}{{c.OnlyBefore, before}, {c.OnlyAfter, after}} {
		if n := len(only.names); n > 0 {
			fmt.Fprintf(&b, "\nonly in %s: %s\n", code(only.in), plain.Number(n, "run"))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// changed is the headline.
func changed(c *changes.Changes) string {
	var parts []string
	for _, x := range []struct {
		n    int
		what string
	}{{len(c.New), "new"}, {len(c.Mended), "mended"}, {len(c.Still), "still"}, {len(c.Silent), "silent"}, {len(c.Slower) + len(c.Boards), "slower"}, {len(c.Hungrier), "hungrier"}} {
		if x.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", x.n, x.what))
		}
	}
	switch {
	case len(c.New) > 0:
		return signs[digest.Bad] + " " + strings.Join(parts, ", ")
	case c.Compared == 0:
		return signs[digest.Poor] + " they have no run in common"
	case len(parts) == 0:
		return signs[digest.Good] + " nothing changed"
	case len(c.Silent) > 0:
		return signs[digest.Poor] + " nothing new is wrong, as far as it was run: " + strings.Join(parts, ", ")
	default:
		return signs[digest.Good] + " nothing new is wrong: " + strings.Join(parts, ", ")
	}
}

// rows are those of a table, as many as there is room for.
type rows struct {
	to   *strings.Builder
	head string
	have int
	left int
}

func (r *rows) add(row string) {
	if r.left > 0 || r.to.Len()+len(row)+len(r.head) > mostBytes {
		r.left++
		return
	}
	if r.have == 0 {
		r.to.WriteString(r.head)
	}
	r.have++
	r.to.WriteString(row)
}

func (r *rows) end() {
	if r.left > 0 {
		fmt.Fprintf(r.to, "\nand %s, for which there is no room here; espy diff --json has them.\n", plain.Number(r.left, "more change"))
	}
}

func verdicts(to *rows, word string, all []changes.Change) {
	for i := range all {
		c := &all[i]
		what := fmt.Sprintf("%s<br>%s", scenario(&c.Name), c.After)
		switch c.Before {
		case c.After:
		case "":
			what += ", was not run"
		default:
			what += ", was " + string(c.Before)
		}
		want, got := code(c.Why), ""
		if len(c.Diffs) > 0 {
			d := &c.Diffs[0]
			what += "<br>" + code(d.Field)
			if d.Source != "" {
				what += ", " + code(d.Source)
			}
			want, got = code(d.Want), code(d.Got)
			if more := len(c.Diffs) - 1; more > 0 {
				got += "<br>and " + plain.Number(more, "more difference")
			}
		}
		to.add(fmt.Sprintf("| %s | %s | %s | %s | %s |\n", word, what, where(&c.Name), want, got))
	}
}

func costs(to *rows, word string, all []changes.Cost) {
	for i := range all {
		c := &all[i]
		what := scenario(&c.Name)
		if what == "" {
			what = "the client"
		}
		to.add(fmt.Sprintf("| %s | %s, %s | %s | %.0f | %.0f |\n", word, what, c.What, where(&c.Name), c.Before, c.After))
	}
}

// scenario names what was run.
func scenario(n *changes.Name) string {
	if n.Variant == "" {
		return code(n.Scenario)
	}
	return code(n.Scenario) + " " + code(n.Variant)
}

// where says where and how.
func where(n *changes.Name) string {
	parts := []string{code(n.Board)}
	if n.Client != "" && n.Client != "espy.requests" {
		parts = append(parts, code(n.Client))
	}
	if n.HTTPVersion != "" {
		parts = append(parts, code(n.HTTPVersion))
	}
	return strings.Join(parts, " ")
}
