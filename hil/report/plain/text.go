// Package plain shows results in plain text, on whatever that is: a terminal, a log,
// the output of go test.
package plain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
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
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default: // more digits need an end
			fmt.Fprintf(&b, `\u{%x}`, r)
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

// Columns is how many columns a text takes on a screen: those of East Asian scripts and
// emoji take two each (Unicode TR 11), combining marks none.
func Columns(s string) int {
	n := 0
	for _, r := range s {
		n += columns(r)
	}
	return n
}

func columns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Fit cuts a text to a number of columns, with an ellipsis.
func Fit(s string, most int) string {
	if Columns(s) <= most {
		return s
	}
	if most <= 0 {
		return ""
	}
	used := 1 // the ellipsis
	for i, r := range s {
		if used += columns(r); used > most {
			return s[:i] + "…"
		}
	}
	return s
}

// Pad fills a text with spaces to a number of columns.
func Pad(s string, most int) string {
	return s + strings.Repeat(" ", max(0, most-Columns(s)))
}

// Number is a number of things.
func Number(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
