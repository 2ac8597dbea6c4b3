package terminal

import (
	"fmt"
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

	planned, finished int
	shown             bool   // the progress line is on the screen
	current           string // what was started last
}

// New makes a printer. Its methods are called by one goroutine at a time.
func New(out io.Writer, o Options) *Printer { return &Printer{out: out, options: o} }

// Err is why writing has failed: the output is a pipe that was closed, or a file
// on a full disk.
func (p *Printer) Err() error { return p.err }

// Planned says how many runs are to come.
func (p *Printer) Planned(runs int) { p.planned = runs }

// Started shows what is under way.
func (p *Printer) Started(r *result.Run) {
	p.current = plain.Printable(r.Board) + ": " + title(r)
	p.write(p.erased() + p.progress())
}

// Finished shows a run.
func (p *Printer) Finished(r *result.Run) {
	p.finished++
	s := p.erased() + p.line(r)
	if p.options.Verbose {
		s += details(r)
	}
	p.write(s + p.progress())
}

// progress is the line that says what is under way, without a newline; it is
// never as wide as the terminal, which would then begin another one.
func (p *Printer) progress() string {
	if !p.options.Live || p.finished == p.planned {
		return ""
	}
	s := fmt.Sprintf("%d of %d  %s", p.finished, p.planned, p.current)
	if width := p.width(); width > 0 {
		s = plain.Fit(s, width-1)
	}
	p.shown = true
	return s
}

// erased removes the progress line from the screen.
func (p *Printer) erased() string {
	if !p.shown {
		return ""
	}
	p.shown = false
	return "\r\x1b[K" // to the left edge; erase to the end of the line (ECMA-48)
}

// write writes one piece at once, so that a line is not torn by other output.
func (p *Printer) write(s string) {
	if p.err != nil || s == "" {
		return
	}
	_, p.err = io.WriteString(p.out, s)
}

// width is how many columns there are; 0: any number.
func (p *Printer) width() int {
	if p.options.Width == nil {
		return 0
	}
	return p.options.Width()
}
