package scenarios

import (
	"regexp"
	"strings"
)

// Match is an expected text: literal, a regular expression (RE2, searched), or absent.
type Match struct {
	Pos    Pos
	Text   string         // the literal; beside Regexp, its source
	Regexp *regexp.Regexp // when not nil, instead of Text
	Absent bool           // null in the file
}

// Matches reports whether got is what the file expects; present is false where
// there is no such text at all (no such header field, no body, None).
func (m Match) Matches(got string, present bool) bool {
	switch {
	case m.Absent || !present:
		return m.Absent && !present
	case m.Regexp != nil:
		return m.Regexp.MatchString(got)
	default:
		return m.Text == got
	}
}

// String is the match as a scenario file writes it: text, ~expression, or null.
func (m Match) String() string {
	switch {
	case m.Absent:
		return "null"
	case m.Regexp != nil:
		return "~" + m.Text
	case looksLikeExpression(m.Text):
		return `\` + m.Text
	default:
		return m.Text
	}
}

// looksLikeExpression tells whether s is a tilde behind any number of
// backslashes: a literal of that form is written with one backslash more.
func looksLikeExpression(s string) bool {
	return strings.HasPrefix(strings.TrimLeft(s, `\`), "~")
}

// parseMatch reads a text as [Match.String] writes it. Run-time variables may
// stand in it; in an expression each counts as a literal text.
func parseMatch(s string) (Match, error) {
	switch {
	case strings.HasPrefix(s, "~"):
		return compileMatch(Match{Text: s[1:]}, func(string) (string, bool) { return "x", true })
	case looksLikeExpression(s):
		return Match{Text: s[1:]}, nil
	default:
		return Match{Text: s}, nil
	}
}

// compileMatch compiles m's source with its variables filled in, each quoted, and
// leaves the source alone.
func compileMatch(m Match, value func(name string) (string, bool)) (Match, error) {
	source, err := fillTemplate(m.Text, func(name string) (string, bool) {
		v, ok := value(name)
		return regexp.QuoteMeta(v), ok
	})
	if err != nil {
		return m, err
	}
	m.Regexp, err = regexp.Compile(source)
	return m, err
}
