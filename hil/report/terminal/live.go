package terminal

import (
	"fmt"
	"strings"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// mostLive is how many rows under way are shown at most; a fast board may be far ahead
// of a slow one.
const mostLive = 8

// live is the part that is drawn again and again: the rows under way, and a line that
// says how far all is. It does not end in a newline.
func (p *Printer) live() string {
	if !p.options.Live || p.finished == p.planned {
		return ""
	}
	width, height := p.options.size()
	var lines []string
	if !p.options.Verbose {
		lines = p.underWay(min(mostLive, height-3), width)
	}
	lines = append(lines, p.progress(width))
	p.drawn = p.drawn[:0]
	for _, line := range lines {
		p.drawn = append(p.drawn, visible(line))
	}
	return strings.Join(lines, "\n")
}

// underWay is the rows that have begun and are not full.
func (p *Printer) underWay(most, width int) (lines []string) {
	l := p.grid.lay(width)
	for p.first < p.begun && p.grid.rows[p.first].written {
		p.first++
	}
	for _, r := range p.grid.rows[p.first:p.begun] {
		if len(lines) >= most {
			break
		}
		if r.begun && !r.written {
			lines = append(lines, l.line(r, p.painted))
		}
	}
	return lines
}

// progress is the line that says how far all is. It is never as wide as the terminal,
// which would then begin another one, even with the ^C that the terminal writes behind it
// when the user interrupts the runs: what is erased next would be a row too few.
func (p *Printer) progress(width int) string {
	s := fmt.Sprintf("%d of %d  ", p.finished, p.planned)
	for _, v := range bySeverity[:4] {
		if n := p.totals.Of(v); n > 0 {
			s += fmt.Sprintf("%d %s  ", n, v)
		}
	}
	s += p.current
	if width > 0 {
		s = plain.Fit(s, max(1, width-1-len("^C")))
	}
	return s
}

// erased takes the live part off the screen, line by line from the last: terminals put
// a screen that is erased as a whole among the lines to scroll back to. One that has
// become narrower has folded the lines meanwhile.
func (p *Printer) erased() string {
	if len(p.drawn) == 0 {
		return ""
	}
	width, height := p.options.size()
	rows := 0
	for _, n := range p.drawn {
		rows++
		if width > 0 && n > width {
			rows += (n - 1) / width
		}
	}
	p.drawn = p.drawn[:0]
	up := rows - 1
	if height > 0 {
		up = min(up, height-1) // the cursor cannot leave the screen
	}
	return "\r" + strings.Repeat("\x1b[2K\x1b[1A", up) + "\x1b[2K" // erase the line (ECMA-48, EL), one up (CUU)
}

// painted is a text in the colour of a verdict.
func (p *Printer) painted(v result.Verdict, s string) string {
	if !p.options.Color || colors[v] == "" {
		return s
	}
	return "\x1b[" + colors[v] + "m" + s + "\x1b[0m"
}

// visible is how many columns a text takes that is escaped but for colours.
func visible(s string) int {
	n := 0
	for {
		before, rest, colour := strings.Cut(s, "\x1b[")
		n += plain.Columns(before)
		if !colour {
			return n
		}
		_, s, _ = strings.Cut(rest, "m")
	}
}
