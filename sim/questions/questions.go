// Package questions asks boards of different kinds the same small questions about
// the modules that firmware stands on, and accounts for every answer that differs.
//
//	ask/**.txt --All, TLS--> Question --Program--> Python --raw REPL--> one line per ask
//	                                                  on sim, on unix: compared
//	ledger.yaml --ReadLedger--> Ledger: the differences that may stand, each with its cause
//
// A question is a few lines of Python with a title, run on a fresh prompt in a
// folder of its own. A line that begins with "? " is an ask: the answer is the
// repr of the expression, or the class of what it raises, with the errno of an
// OSError. A line that begins with "! " is a statement of which only the
// exception is asked. Whatever another run would answer differently (addresses,
// times, inodes) is asked for in a form that does not show it.
package questions

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed ask
var files embed.FS

//go:embed prelude.py
var prelude string

// Question is a program that asks something.
type Question struct {
	Title string
	Lines []string // as written
}

// Asks are the lines that give an answer each, in order: "? EXPRESSION" or
// "! STATEMENT".
func (q Question) Asks() []string {
	var asks []string
	for _, line := range q.Lines {
		if isAsk(line) {
			asks = append(asks, line)
		}
	}
	return asks
}

func isAsk(line string) bool {
	return strings.HasPrefix(line, "? ") || strings.HasPrefix(line, "! ")
}

// Program is the Python that a board is given. The globals are defined first: the
// ports of the peers (package comment of the test), and the question's own folder.
func (q Question) Program(globals string) string {
	var b strings.Builder
	b.WriteString(globals)
	b.WriteString(prelude)
	for _, line := range q.Lines {
		switch {
		case !isAsk(line):
			b.WriteString(line + "\n")
		case line[0] == '?':
			fmt.Fprintf(&b, "try:\n    _answer(repr(%s))\nexcept Exception as _e:\n    _raised(_e)\n", line[2:])
		default:
			fmt.Fprintf(&b, "try:\n    %s\n    _answer('done')\nexcept Exception as _e:\n    _raised(_e)\n", line[2:])
		}
	}
	return b.String()
}

// All reads the bundled questions that every board can be asked.
func All() ([]Question, error) { return read("ask/*.txt") }

// TLS reads those for boards with TLS.
func TLS() ([]Question, error) { return read("ask/tls/*.txt") }

func read(pattern string) ([]Question, error) {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return nil, err
	}
	var all []Question
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		these, err := Parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("reading questions from %s: %w", name, err)
		}
		all = append(all, these...)
	}
	return all, nil
}

// Parse reads questions: each begins with a line "== TITLE".
func Parse(text string) ([]Question, error) {
	var all []Question
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if title, ok := strings.CutPrefix(line, "== "); ok {
			all = append(all, Question{Title: title})
			continue
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(all) == 0 {
			return nil, fmt.Errorf("line %d: %q stands before the first title; a question begins with a line \"== TITLE\"", i+1, line)
		}
		last := &all[len(all)-1]
		last.Lines = append(last.Lines, line)
	}
	for _, q := range all {
		if len(q.Asks()) == 0 {
			return nil, fmt.Errorf("question %q asks nothing: no line begins with \"? \" or \"! \"", q.Title)
		}
	}
	return all, nil
}
