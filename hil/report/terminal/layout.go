package terminal

import (
	"fmt"
	"strings"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// A layout is how the columns of a grid stand on a screen. Where all of them do not
// fit in words beside the name of the scenario, each is one character wide.
type layout struct {
	narrow bool
	widths []int // of the columns that are shown
	name   int   // columns for the name of a scenario; 0: as many as it takes
}

const (
	leastName = 24 // columns for the name of a scenario, so that it can be told
	tinyName  = 8  // the same, on a screen where nothing fits
)

// lay lays the columns out on a screen of so many columns; 0: as many as it takes.
func (g *grid) lay(width int) layout {
	var l layout
	used := 0
	for i, name := range g.names {
		room := max(plain.Columns(name), verdictColumns)
		if n := g.most[i]; n > 1 {
			room = max(room, len(fmt.Sprintf("%d/%d ", n, n))+verdictColumns)
		}
		l.widths = append(l.widths, room)
		used += room + len("  ")
	}
	if width == 0 {
		return l
	}
	if width-used >= leastName {
		l.name = width - used
		return l
	}
	l.narrow = true
	shown := min(len(l.widths), max(1, (width-tinyName)/2))
	l.widths = l.widths[:shown]
	for i := range l.widths {
		l.widths[i] = 1
	}
	l.name = max(1, width-2*shown)
	return l
}

// same tells whether what was written in the other layout stands in the same columns.
func (l layout) same(other layout) bool {
	return l.narrow == other.narrow && len(l.widths) == len(other.widths)
}

// header names the columns. Where they are narrow it numbers them, and says what the
// numbers and the marks in the rows below stand for.
func (g *grid) header(l layout, width int) string {
	var b strings.Builder
	if !l.narrow {
		for i, name := range g.names {
			b.WriteString(plain.Pad(name, l.widths[i]) + "  ")
		}
		return b.String() + "scenario\n"
	}
	var legend []string
	for i := range l.widths {
		legend = append(legend, number(i)+" "+g.names[i])
	}
	if more := len(g.names) - len(l.widths); more > 0 {
		legend = append(legend, fmt.Sprintf("%d more do not fit", more))
	}
	for _, v := range result.Verdicts {
		legend = append(legend, marks[v]+" "+string(v))
	}
	b.WriteString(folded(legend, width))
	for i := range l.widths {
		b.WriteString(number(i) + " ")
	}
	return b.String() + "\n"
}

// number is the n-th of the characters that stand for columns; beyond them it begins
// again.
func number(n int) string {
	const digits = "123456789abcdefghijklmnopqrstuvwxyz"
	return digits[n%len(digits) : n%len(digits)+1]
}

// folded is a list of things in lines that fit.
func folded(list []string, width int) string {
	var b strings.Builder
	used := 0
	for i, s := range list {
		s = plain.Fit(s, width-1)
		n := plain.Columns(s)
		switch {
		case i > 0 && used+2+n >= width:
			b.WriteString("\n")
			used = 0
		case i > 0:
			b.WriteString("  ")
			used += 2
		}
		b.WriteString(s)
		used += n
	}
	return b.String() + "\n"
}

// line is a row, with or without colours.
func (l layout) line(r *row, paint func(result.Verdict, string) string) string {
	var b strings.Builder
	for i, width := range l.widths {
		c := &r.cells[i]
		text, gap := c.words(width), "  "
		if l.narrow {
			text, gap = c.mark(), " "
		}
		v, _ := c.worst()
		b.WriteString(paint(v, plain.Pad(text, width)) + gap)
	}
	name := r.name
	if l.name > 0 {
		name = plain.Fit(name, l.name-1) // a full line would begin another one
	}
	return b.String() + name
}
