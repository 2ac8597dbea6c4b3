package scenarios

import (
	"errors"
	"regexp/syntax"
)

// maxExpressions is how large the regular expressions of a file may be in all, in
// instructions once compiled: some 60 bytes each. RE2 bounds one of them, and a file
// has room for thousands.
const maxExpressions = 1 << 20

var errExpressions = errors.New("the regular expressions of the file are too large")

// expression is parseMatch, which compiles the expressions that every run has once.
func (r *report) expression(s string) (Match, error) {
	if m, ok := r.matches[s]; ok {
		return m, nil
	}
	if looksLikeExpression(s) {
		if r.compiled += expressionSize(s); r.compiled > maxExpressions {
			return Match{}, errExpressions
		}
	}
	m, err := parseMatch(s)
	if err == nil && m.Regexp != nil {
		if r.matches == nil {
			r.matches = map[string]Match{}
		}
		r.matches[s] = m
	}
	return m, err
}

// expressionSize is about how many instructions an expression is compiled to. One
// that is wrong has none.
func expressionSize(s string) int {
	source, err := fillTemplate(s, func(string) (string, bool) { return "x", true })
	if err != nil {
		return 0
	}
	parsed, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return 0
	}
	return instructions(parsed)
}

// instructions counts those of one expression. A repetition is compiled as often as
// it may occur.
func instructions(e *syntax.Regexp) int {
	n := 1 + len(e.Rune)
	for _, sub := range e.Sub {
		n += instructions(sub)
	}
	if e.Op == syntax.OpRepeat {
		n *= max(1, e.Min, e.Max)
	}
	return n
}
