package plain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/espy-hil/espy/hil/result"
)

// Origins say in what a difference lies: from what the file expects, and from another
// board.
var Origins = map[result.Origin][2]string{
	result.InRequest: {"the client sent something else", "the client sent something else"},
	result.InReply:   {"that is what the server sent", "the server sent something else"},
	result.InReading: {"that is not what the server sent: the client misread it", "the server sent the same: it was read differently"},
	result.InTiming:  {"a matter of time", "a matter of time"},
}

// Origin says in what a difference lies, where that could be told.
func Origin(d *result.Diff) string {
	of := 0
	if strings.HasPrefix(d.Source, "board ") {
		of = 1
	}
	return Origins[d.Origin][of]
}

// mostDifferences is how many fields of one run are shown. A list that is read one
// item off differs in all of them.
const mostDifferences = 20

// Differences shows the fields of a run that are not as wanted, those that are too
// many to be read left out: see [Difference].
func Differences(diffs []result.Diff, columns int) string {
	var b strings.Builder
	for i := range diffs[:min(len(diffs), mostDifferences)] {
		b.WriteString(Difference(&diffs[i], columns))
	}
	if more := len(diffs) - mostDifferences; more > 0 {
		fmt.Fprintf(&b, "    and %s more, which --json has\n", Number(more, "field"))
	}
	return b.String()
}

// Difference shows one field that is not as wanted, in lines of at most so many
// columns as far as it can be helped; 0: as many as it takes.
func Difference(d *result.Diff, columns int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "    %s  (%s)", Printable(d.Field), Printable(d.Source))
	if said := Origin(d); said != "" {
		b.WriteString("  " + said)
	}
	fmt.Fprintf(&b, "\n      want  %s\n", Printable(d.Want))
	fmt.Fprintf(&b, "      got   %s\n", Printable(d.Got))
	if d.At != nil {
		fmt.Fprintf(&b, "            %s^ %s\n", strings.Repeat(" ", min(max(d.At.Shown, 0), Columns(Printable(d.Want)))), parting(d))
	}
	if d.Requests != nil {
		requests(&b, d.Requests, columns)
	}
	return b.String()
}

// parting says where two texts part.
func parting(d *result.Diff) string {
	unit := "character"
	if field := d.Field[strings.LastIndexByte(d.Field, '.')+1:]; strings.HasPrefix(field, "content") || strings.HasPrefix(field, "body") {
		unit = "byte"
	}
	s := "after " + Number(d.At.Offset, unit)
	if d.At.Line > 1 {
		s += fmt.Sprintf(", in line %d", d.At.Line)
	}
	return s
}

// How wide two requests stand side by side where nothing says how wide the screen
// is, and at least.
const (
	besideColumns = 110
	leastBeside   = 50
	besideIndent  = "      "
)

// requests shows two requests side by side, and the bytes from where they part.
func requests(b *strings.Builder, r *result.Requests, width int) {
	if width == 0 {
		width = besideColumns
	}
	most := len("want")
	for _, row := range r.Rows {
		most = max(most, Columns(Printable(row[0])))
	}
	column := min(most, (max(width, leastBeside)-len(besideIndent)-len("   "))/2)
	rest := max(width, leastBeside) - len(besideIndent) - len("   ") - column
	line := func(want, mark, got string) {
		b.WriteString(besideIndent + strings.TrimRight(Pad(Fit(want, column), column)+" "+mark+" "+Fit(got, rest), " ") + "\n")
	}
	line("want", " ", "got")
	for i, row := range r.Rows {
		mark := " "
		switch {
		case !slices.Contains(r.Differ, i):
		case row[0] == "":
			mark = ">"
		case row[1] == "":
			mark = "<"
		default:
			mark = "|"
		}
		line(Printable(row[0]), mark, Printable(row[1]))
	}
	if r.Want != "" && len(r.Differ) > 0 {
		fmt.Fprintf(b, "%sthey part in line %d, after %s: %s | %s\n", besideIndent, r.Differ[0]+1, Number(r.Byte, "byte"), Printable(r.Want), Printable(r.Got))
	}
}
