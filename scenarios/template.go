package scenarios

import (
	"fmt"
	"strings"
)

// A template is a text with variables: $(name). $$( is a literal $(.

// piece is a part of a template: a literal text, or a variable.
type piece struct {
	raw  string // as written
	text string // what a literal stands for
	name string // of a variable; empty for a literal
}

// splitTemplate cuts s into literals and variables. The error says what is wrong
// with a variable, and at is its byte offset.
func splitTemplate(s string) (pieces []piece, at int, err error) {
	literal := 0
	flush := func(end int) {
		if end > literal {
			pieces = append(pieces, piece{raw: s[literal:end], text: s[literal:end]})
		}
	}
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "$$("):
			flush(i)
			pieces = append(pieces, piece{raw: "$$(", text: "$("})
			i += 3
			literal = i
		case strings.HasPrefix(s[i:], "$("):
			flush(i)
			end := strings.IndexByte(s[i:], ')')
			if end < 0 {
				return nil, i, fmt.Errorf("a variable that begins with $( has no )")
			}
			name := s[i+2 : i+end]
			if !isVariable(name) {
				return nil, i, fmt.Errorf("%q is not the name of a variable", name)
			}
			pieces = append(pieces, piece{raw: s[i : i+end+1], name: name})
			i += end + 1
			literal = i
		default:
			i++
		}
	}
	flush(len(s))
	return pieces, 0, nil
}

// isVariable tells whether s is a name, or name.host and the like.
func isVariable(s string) bool {
	name, part, dotted := strings.Cut(s, ".")
	return isName(name) && (!dotted || isName(part))
}

// isName tells whether s is a letter or _, then letters, digits, _ and -.
func isName(s string) bool {
	for i, c := range s {
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// hasVariables is a quick look at whether there is anything to split.
func hasVariables(s string) bool { return strings.Contains(s, "$(") }

// fillTemplate gives the text that s stands for. Value says what a variable is;
// where it does not know, the error names the variable.
func fillTemplate(s string, value func(name string) (string, bool)) (string, error) {
	if !hasVariables(s) {
		return s, nil
	}
	pieces, _, err := splitTemplate(s)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, p := range pieces {
		if p.name == "" {
			b.WriteString(p.text)
			continue
		}
		v, ok := value(p.name)
		if !ok {
			return "", fmt.Errorf("nothing is known of the variable $(%s) in %q", p.name, s)
		}
		b.WriteString(v)
	}
	return b.String(), nil
}

// escapeTemplate makes a template that stands for exactly s.
func escapeTemplate(s string) string { return strings.ReplaceAll(s, "$(", "$$(") }
