package terminal

import (
	"os"

	"golang.org/x/term"
)

// Options says what the output can show.
type Options struct {
	Live    bool                       // it is a terminal: progress is shown, and erased again
	Color   bool                       // verdicts are coloured
	Verbose bool                       // each run is followed by what was sent, what came, and what the board printed
	Slowest int                        // so many of the slowest runs are listed at the end
	Size    func() (columns, rows int) // nil or 0: lines may be of any length
}

// Columns is how wide the output is; 0: lines may be of any length.
func (o Options) Columns() int {
	columns, _ := o.size()
	return columns
}

func (o Options) size() (columns, rows int) {
	if o.Size == nil {
		return 0, 0
	}
	return o.Size()
}

// For looks at a file and the environment. TERM=dumb cannot erase, and NO_COLOR
// (any value, see no-color.org) wants none.
func For(f *os.File, env func(string) string) Options {
	fd := int(f.Fd())
	if !term.IsTerminal(fd) {
		return Options{}
	}
	capable := env("TERM") != "dumb"
	return Options{
		Live:  capable,
		Color: capable && env("NO_COLOR") == "",
		Size: func() (columns, rows int) {
			columns, rows, err := term.GetSize(fd)
			if err != nil {
				return 0, 0
			}
			return columns, rows
		},
	}
}
