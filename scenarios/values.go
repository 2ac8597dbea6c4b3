package scenarios

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// template reads a text that may hold run-time variables. A scalar is text as it
// is written: 1.0 is "1.0".
var template = reader[string]{"text", textShape, func(d *decoder, n *node) (string, bool) {
	if n.kind != scalarNode || n.isNull() {
		d.expected(n, "text")
		return "", false
	}
	return n.value, d.checkTemplate(n)
}}

// text reads a text that is known before anything runs.
var text = reader[string]{"text", textShape, func(d *decoder, n *node) (string, bool) {
	s, ok := template.read(d, n)
	if !ok {
		return "", false
	}
	s, err := fillTemplate(s, func(string) (string, bool) { return "", false })
	if err != nil {
		d.fail(n, "addresses and saved values are known only while the scenario runs; they can stand in texts of a request, of what is expected, and of replies", "a run-time variable cannot stand here")
		return "", false
	}
	return s, true
}}

// checkTemplate reports a run-time variable that nothing has a value for at this
// place: one that a later step saves, or one that no server can know.
func (d *decoder) checkTemplate(n *node) bool {
	if n.broken || !hasVariables(n.value) {
		return !n.broken
	}
	pieces, _, err := splitTemplate(n.value)
	if err != nil {
		return false // reported with the file's variables
	}
	for _, p := range pieces {
		if p.name != "" && !d.variables[p.name] {
			d.fail(n, "a step saves it for the steps after it; a server's replies are fixed before the first", "$(%s) has no value here yet", p.name)
			return false
		}
	}
	return true
}

// textAs reads a text that is written in some form, of which parse makes a value.
// Its error is a sentence. Pattern is the form as the schema has it, or "".
func textAs[T any](what, pattern string, parse func(s string) (T, error)) reader[T] {
	return reader[T]{what, patternShape(pattern), func(d *decoder, n *node) (T, bool) {
		var v T
		if n.kind != scalarNode || n.isNull() {
			d.expected(n, what)
			return v, false
		}
		s, ok := text.read(d, n)
		if !ok {
			return v, false
		}
		v, err := parse(s)
		if err != nil {
			d.fail(n, "expected "+what, "%v", err)
		}
		return v, err == nil
	}}
}

// nonEmpty reads a text that is not empty.
func nonEmpty(what string) reader[string] {
	return textAs(what, `[\s\S]*\S[\s\S]*`, func(s string) (string, error) {
		if strings.TrimSpace(s) == "" {
			return "", errors.New("the text is empty")
		}
		return s, nil
	})
}

// oneOf reads one of a few words.
func oneOf(words ...string) reader[string] {
	what := "one of " + strings.Join(words, ", ")
	return reader[string]{what, wordShape(words), func(d *decoder, n *node) (string, bool) {
		if n.kind != scalarNode || n.isNull() {
			d.expected(n, what)
			return "", false
		}
		s, ok := text.read(d, n)
		if ok && !slices.Contains(words, s) {
			d.fail(n, didYouMean(s, words), "%s is not known here", quote(s))
			ok = false
		}
		return s, ok
	}}
}

var boolean = reader[bool]{"true or false", valueShape(jsonschema.Schema{Type: "boolean"}), func(d *decoder, n *node) (bool, bool) {
	if n.kind != scalarNode || n.tag != "!!bool" || n.quoted {
		d.expected(n, "true or false")
		return false, false
	}
	return strings.EqualFold(n.value, "true"), true
}}

// integer reads a decimal number between two bounds.
func integer(what string, least, most int64) reader[int64] {
	shape := valueShape(jsonschema.Schema{Type: "integer", Minimum: new(float64(least)), Maximum: new(float64(most))})
	return reader[int64]{what, shape, func(d *decoder, n *node) (int64, bool) {
		v, err := strconv.ParseInt(n.value, 10, 64)
		if n.kind != scalarNode || n.quoted || err != nil || v < least || v > most || strings.HasPrefix(n.value, "+") {
			d.expected(n, what)
			return 0, false
		}
		return v, true
	}}
}

// status reads a status code (RFC 9110 §15).
var status = integer("a status from 100 to 599", 100, 599)

// count reads how many.
var count = integer("a number, 0 or more", 0, math.MaxInt32)

// positive reads how many, at least one.
var positive = integer("a number, 1 or more", 1, math.MaxInt32)

// duration reads 50ms, 2s, 1m30s.
var duration = textAs("a duration such as 50ms or 2s", plan.DurationPattern, plan.ParseDuration)

// size reads 512, 4KiB, 1MiB.
var size = textAs("a size such as 512, 4KiB or 1MiB", plan.SizePattern, plan.ParseSize)

// hexBytes reads "48 54"; spaces are free.
var hexBytes = textAs(`bytes in hexadecimal such as "48 54 54 50"`, `\s*([0-9a-fA-F]\s*[0-9a-fA-F]\s*)*`, func(s string) ([]byte, error) {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		return nil, fmt.Errorf("%s is not hexadecimal", quote(s))
	}
	return b, nil
})

// match reads an expected text: literal, ~expression, or null for absent.
var match = reader[Match]{"text, a ~regular expression, or null for absent", matchShape, func(d *decoder, n *node) (Match, bool) {
	if n.isWrittenNull() {
		return Match{Pos: d.pos(n), Absent: true}, true
	}
	if n.kind != scalarNode || n.isNull() {
		d.expected(n, `text, a ~regular expression, or null for absent ("" is the empty text)`)
		return Match{}, false
	}
	if !d.checkTemplate(n) {
		return Match{}, false
	}
	m, err := d.report.expression(n.value)
	if errors.Is(err, errExpressions) {
		d.fail(n, "x{1000} is compiled to a thousand x: make them fewer, or smaller", "%v with this one", err)
		return Match{}, false
	}
	if err != nil {
		d.fail(n, `expected a regular expression of RE2; a literal text that begins with ~ is written \~`, "the regular expression is wrong: %s", expressionError(err))
		return Match{}, false
	}
	m.Pos = d.pos(n)
	return m, true
}}

// expressionError is what is wrong with a regular expression, without the preamble.
func expressionError(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

// matchOf is match with a check of the literals.
func matchOf(what string, known func(literal string) bool) reader[Match] {
	return mapped(match, what, func(_ *decoder, _ *node, m Match) (Match, error) {
		if m.Regexp == nil && !m.Absent && !hasVariables(m.Text) && !known(m.Text) {
			return m, fmt.Errorf("%s can never be met", quote(m.Text))
		}
		return m, nil
	})
}

// placed is r with the place of the value.
func placed[T, U any](r reader[T], with func(Pos, T) U) reader[U] {
	return reader[U]{r.what, r.shape, func(d *decoder, n *node) (U, bool) {
		v, ok := r.read(d, n)
		return with(d.pos(n), v), ok
	}}
}

// placedInt is an integer with its place.
func placedInt(r reader[int64]) reader[Int] {
	return placed(r, func(p Pos, v int64) Int { return Int{p, v} })
}

// latin1 makes bytes of a text, one of each character; bytes that a template
// cannot hold otherwise stay one.
func latin1(s string) ([]byte, error) {
	b := make([]byte, 0, len(s))
	for _, c := range s {
		if c > 0xff {
			return nil, fmt.Errorf("%q is above U+00FF and is not one byte", c)
		}
		b = append(b, byte(c))
	}
	return b, nil
}

// jsonNumber is the form of a number in JSON (RFC 8259 §6).
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// checkNumber reports a number that JSON does not know: 0x10, 010, .5, .nan.
func (d *decoder) checkNumber(n *node) bool {
	if jsonNumber.MatchString(n.value) {
		return true
	}
	d.fail(n, "expected a number as JSON writes it; quote it to mean text", "%s is not a number in JSON", n.value)
	return false
}
