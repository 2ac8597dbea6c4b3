package repl

import (
	"fmt"
	"strings"
)

// Quote writes text as a Python string literal in ASCII, without the control
// characters that the raw REPL acts on.
func Quote(text string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range text {
		switch {
		case r == '\'' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r >= ' ' && r < 0x7f:
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// QuoteBytes writes bytes as a Python bytes literal that is hardly longer than they
// are: MicroPython takes every byte as it is, but for those that the raw REPL acts on,
// zero, and what its lexer changes or ends at.
func QuoteBytes(data []byte) string {
	var b strings.Builder
	b.Grow(len(data) + len(data)/8 + 8)
	b.WriteString("b'''")
	for i, c := range data {
		ends := i+1 == len(data) || data[i+1] == '\'' // to a quote: three are the end
		switch {
		case c < 6:
			fmt.Fprintf(&b, `\x%02x`, c)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\'' && ends || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteString("'''")
	return b.String()
}
