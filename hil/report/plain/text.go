// Package plain shows results in plain text, on whatever that is: a terminal, a log,
// the output of go test.
package plain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable shows a text from outside with everything that a terminal could act
// upon escaped, bytes that are no UTF-8 included.
func Printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !shows(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case shows(r):
			b.WriteString(s[:size])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		s = s[size:]
	}
	return b.String()
}

// shows tells whether a character shows itself and does nothing else. The
// replacement character is left to Printable, which tells it from broken UTF-8.
func shows(r rune) bool {
	return r < 0x7f && r >= ' ' || unicode.IsPrint(r) && r != utf8.RuneError && r != blank && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

const blank = '\u2800' // BRAILLE PATTERN BLANK, which is drawn as nothing

// Fit cuts a text to a number of columns, with an ellipsis; each character counts
// as one column.
func Fit(s string, columns int) string {
	if utf8.RuneCountInString(s) <= columns {
		return s
	}
	if columns <= 0 {
		return ""
	}
	runes := []rune(s)
	return string(runes[:columns-1]) + "…"
}

// Pad fills a text with spaces to a number of columns.
func Pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-utf8.RuneCountInString(s)))
}

// Number is a number of things.
func Number(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
