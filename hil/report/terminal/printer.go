package terminal

import (
	"io"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// A Printer writes what a person is to see. After a write has failed it writes
// nothing more; see [Printer.Err].
type Printer struct {
	out     io.Writer
	options Options
	err     error

	grid              grid
	laid              layout // of what was written last
	headed            bool   // the columns are named
	first, begun      int    // rows before first are written, those from begun on have not begun
	planned, finished int
	totals            result.Totals
	current           string // what was started last
	drawn             []int  // widths of the lines of the live part that is on the screen
}

// New makes a printer. Its methods are called by one goroutine at a time.
func New(out io.Writer, o Options) *Printer { return &Printer{out: out, options: o} }

// Err is why writing has failed: the output is a pipe that was closed, or a file
// on a full disk.
func (p *Printer) Err() error { return p.err }

// Planned says which runs are to come.
func (p *Printer) Planned(runs []*result.Run) {
	p.grid, p.planned = plan(runs), len(runs)
	if !p.options.Verbose && len(runs) > 0 {
		p.write(p.heading())
	}
}

// Started shows what is under way.
func (p *Printer) Started(r *result.Run) {
	p.current = plain.Printable(r.Board) + ": " + title(r)
	if in, _ := p.grid.of(r); in != nil {
		p.begin(in)
	}
	p.write(p.erased() + p.live())
}

// Finished shows a run: in its cell, or in a line of its own.
func (p *Printer) Finished(r *result.Run) {
	p.finished++
	p.totals.Add(r.Verdict)
	s := p.erased()
	in, c := p.grid.of(r)
	if c != nil {
		p.begin(in)
		c.done++
		c.verdicts.Add(r.Verdict)
	}
	switch {
	case p.options.Verbose:
		s += p.line(r) + details(r)
	case in != nil && in.full():
		s += p.written(in)
	}
	p.write(s + p.live())
}

// begin takes down that a row is under way.
func (p *Printer) begin(r *row) {
	r.begun = true
	p.begun = max(p.begun, r.at+1)
}

// written is a row that stays.
func (p *Printer) written(r *row) string {
	r.written = true
	s := p.heading()
	return s + p.laid.line(r, p.painted) + "\n"
}

// heading names the columns, where that is not done in the layout that the screen
// now asks for.
func (p *Printer) heading() string {
	width := p.options.Columns()
	l := p.grid.lay(width)
	same := p.headed && l.same(p.laid)
	p.laid, p.headed = l, true
	if same {
		return ""
	}
	return p.grid.header(l, width)
}

// rest is the rows that have begun and were never filled: the whole was stopped.
func (p *Printer) rest() (s string) {
	if p.options.Verbose {
		return ""
	}
	for _, r := range p.grid.rows[p.first:p.begun] {
		if r.begun && !r.written {
			s += p.written(r)
		}
	}
	return s
}

// write writes one piece at once, so that a line is not torn by other output.
func (p *Printer) write(s string) {
	if p.err != nil || s == "" {
		return
	}
	_, p.err = io.WriteString(p.out, s)
}
