package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FileError is everything that is wrong with one file. Its text is what the user
// sees: every problem with its place, the line, a caret, and what was expected.
type FileError struct {
	File     string
	Problems []Problem // by place
	More     bool      // there are problems beyond those listed
}

// Problem is one thing that is wrong with a file.
type Problem struct {
	Pos     Pos
	Message string // what is wrong
	Hint    string // what was expected, or the nearest known word; may be empty
	Warning bool   // it is suspicious, and no more
	line    string // the line of the file, empty where it has none
	width   int    // how many characters the caret underlines
}

// maxProblems is how many problems of a file are listed: enough for every real
// mistake, few enough to read.
const maxProblems = 50

// Error lists the problems, each as [Problem.String], an empty line between two.
func (e *FileError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.String()
	}
	if e.More {
		texts = append(texts, fmt.Sprintf("%s: and more; %d problems are shown", e.File, len(e.Problems)))
	}
	return strings.Join(texts, "\n\n")
}

// String is the problem with its place, the line with a caret, and the hint.
func (p Problem) String() string {
	var b strings.Builder
	kind := ""
	if p.Warning {
		kind = "warning: "
	}
	fmt.Fprintf(&b, "%s:%d:%d: %s%s", p.Pos.File, p.Pos.Line, p.Pos.Column, kind, p.Message)
	if p.line != "" {
		line, caret := excerpt(p.line, p.Pos.Column, p.width)
		fmt.Fprintf(&b, "\n%5d | %s\n      | %s", p.Pos.Line, line, caret)
	}
	if p.Hint != "" {
		fmt.Fprintf(&b, "\n      = %s", p.Hint)
	}
	return b.String()
}

// excerptWidth is how many characters of a long line are shown.
const excerptWidth = 100

// excerpt cuts a window around the column out of a long line, makes control
// characters visible, and draws the caret under the column.
func excerpt(line string, column, width int) (shown, caret string) {
	runes := []rune(line)
	at := min(column-1, len(runes))
	width = max(1, min(width, len(runes)-at))
	from, before, after := 0, "", ""
	if len(runes) > excerptWidth {
		from = max(0, min(at-excerptWidth/2, len(runes)-excerptWidth))
		to := min(from+excerptWidth, len(runes))
		if from > 0 {
			before = "…"
		}
		if to < len(runes) {
			after = "…"
		}
		runes = runes[from:to]
		width = max(1, min(width, to-at))
	}
	for i, r := range runes {
		if r == '\t' {
			runes[i] = ' ' // as wide as the caret's line takes it to be
		} else if !unicode.IsPrint(r) {
			runes[i] = utf8.RuneError
		}
	}
	indent := strings.Repeat(" ", at-from+utf8.RuneCountInString(before))
	return before + string(runes) + after, indent + strings.Repeat("^", width)
}

// source is a file's text, for showing the place of a problem.
type source struct {
	file  string
	lines []string
}

// newSource cuts data into lines as YAML does: CR LF, LF, CR, and the three
// Unicode line breaks.
func newSource(file string, data []byte) *source {
	text := lineBreaks.Replace(strings.ToValidUTF8(string(data), string(utf8.RuneError)))
	return &source{file, strings.Split(text, "\n")}
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// line is the n-th line, from 1; empty beyond the end.
func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

// find is the place of the first occurrence of text at or after a place, which is
// where a variable stands in a scalar of several lines. Not found, it is the place itself.
func (s *source) find(text string, line, column int) (int, int) {
	for n := line; n <= len(s.lines); n++ {
		runes, skip := []rune(s.line(n)), 0
		if n == line {
			skip = min(column-1, len(runes))
		}
		if before, _, ok := strings.Cut(string(runes[skip:]), text); ok {
			return n, skip + utf8.RuneCountInString(before) + 1
		}
	}
	return line, column
}

// report collects the problems of one file, each once: a mistake in a variant is a
// mistake in all of them.
type report struct {
	source   *source
	beside   *folder          // nil: none
	matches  map[string]Match // expressions that have been compiled
	compiled int              // how large they are; see maxExpressions
	problems []Problem
	warnings []Problem
	seen     map[string]bool
	more     bool
}

// add notes a problem at a place.
func (r *report) add(line, column, width int, message, hint string) {
	r.note(line, column, func() int { return width }, message, hint)
}

// note is add with a width that is looked for only if the problem is new: a line
// may be long, and ten thousand runs may have the same problem in it. A place
// outside the file is moved into it.
func (r *report) note(line, column int, width func() int, message, hint string) {
	id := fmt.Sprintf("%d:%d:%s", line, column, message)
	if r.seen[id] || r.more {
		return
	}
	if len(r.problems) >= maxProblems {
		r.more = true
		return
	}
	if r.seen == nil {
		r.seen = map[string]bool{}
	}
	r.seen[id] = true
	r.problems = append(r.problems, r.problem(line, column, width, message, hint))
}

// problem is a problem at a place that is in the file.
func (r *report) problem(line, column int, width func() int, message, hint string) Problem {
	line = max(1, min(line, len(r.source.lines)))
	text := r.source.line(line)
	column = max(1, min(column, utf8.RuneCountInString(text)+1))
	return Problem{
		Pos:     Pos{r.source.file, line, column},
		Message: message, Hint: hint, line: text, width: width(),
	}
}

// warn notes what is suspicious about a node, once for all runs.
func (r *report) warn(n *node, hint, format string, args ...any) {
	if len(r.warnings) >= maxProblems || n == nil {
		return
	}
	w := r.problem(n.line, n.column, func() int { return nodeWidth(n, r.source) }, fmt.Sprintf(format, args...), hint)
	w.Warning = true
	same := func(other Problem) bool { return other.Pos == w.Pos && other.Message == w.Message }
	if !slices.ContainsFunc(r.warnings, same) {
		r.warnings = append(r.warnings, w)
	}
}

// at notes a problem of a node, and says which variables made the node what it is.
func (r *report) at(n *node, message, hint string) {
	if n.broken {
		return // its variable is a problem already
	}
	for _, f := range n.filled {
		if f.value.kind == scalarNode {
			hint = joinHints(hint, fmt.Sprintf("$(%s) is %s here, from line %d", f.name, f.value.describe(), f.value.line))
		}
	}
	r.note(n.line, n.column, func() int { return nodeWidth(n, r.source) }, message, hint)
}

// conceal has the value of a node not be shown, wherever its line is.
func (r *report) conceal(n *node) {
	if n.line < 1 || n.line > len(r.source.lines) || n.value == "" {
		return
	}
	line := strings.ReplaceAll(r.source.lines[n.line-1], n.value, strings.Repeat("*", utf8.RuneCountInString(n.value)))
	r.source.lines[n.line-1] = line
	for i := range r.problems {
		if r.problems[i].Pos.Line == n.line {
			r.problems[i].line = line
		}
	}
	n.value = strings.Repeat("*", utf8.RuneCountInString(n.value))
}

// joinHints puts one hint behind another.
func joinHints(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// nodeWidth is how many characters the caret underlines: a scalar, or the beginning
// of a list or mapping.
func nodeWidth(n *node, s *source) int {
	if n.kind == scalarNode {
		return writtenWidth(n, s)
	}
	return 1
}

// writtenWidth is how many characters of its line a scalar takes; 1 where it is
// not written there as it is read.
func writtenWidth(n *node, s *source) int {
	runes := []rune(s.line(n.line))
	if n.column < 1 || n.column > len(runes) {
		return 1
	}
	rest := string(runes[n.column-1:])
	for _, f := range n.filled {
		if written := "$(" + f.name + ")"; strings.HasPrefix(rest, written) {
			return utf8.RuneCountInString(written)
		}
	}
	switch {
	case strings.HasPrefix(rest, n.value):
		return max(1, utf8.RuneCountInString(n.value))
	case strings.HasPrefix(rest, `"`+n.value+`"`), strings.HasPrefix(rest, "'"+n.value+"'"):
		return utf8.RuneCountInString(n.value) + 2
	default:
		return 1
	}
}

// failed tells whether anything is wrong so far.
func (r *report) failed() bool { return len(r.problems) > 0 }

// err is nil, or a *FileError with the problems by place.
func (r *report) err() error {
	if !r.failed() {
		return nil
	}
	sortProblems(r.problems)
	return &FileError{r.source.file, r.problems, r.more}
}

// sortedWarnings are the warnings, by place.
func (r *report) sortedWarnings() []Problem {
	sortProblems(r.warnings)
	return r.warnings
}

func sortProblems(list []Problem) {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
}
