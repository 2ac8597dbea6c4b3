package plain

import (
	"fmt"
	"strconv"
	"strings"
)

// Hex shows bytes in hexadecimal and as text, in lines of at most so many columns; 0: any
// number. Each begins with the decimal number of the bytes before it, of which offset
// were not given.
func Hex(b []byte, offset, columns int) string {
	const usual = 16
	digits, per := len("123456"), usual
	beside := func() int { return len("    ") + digits + len(": ") + len("  ") }
	for columns > 0 && per > 4 && beside()+4*per-1 > columns {
		per /= 2
	}
	if columns > 0 && beside()+4*per-1 > columns { // the narrowest screens
		digits = min(digits, len(strconv.Itoa(offset+len(b))))
		for per > 1 && beside()+4*per-1 > columns {
			per--
		}
	}
	var s strings.Builder
	for from := 0; from < len(b); from += per {
		row := b[from:min(from+per, len(b))]
		fmt.Fprintf(&s, "    %*d: %s  %s\n", digits, offset+from, Pad(fmt.Sprintf("% x", row), 3*per-1), letters(row))
	}
	return s.String()
}

// letters are bytes as text, what is not printable ASCII as dots.
func letters(b []byte) string {
	s := make([]byte, len(b))
	for i, c := range b {
		if s[i] = c; c < ' ' || c > '~' {
			s[i] = '.'
		}
	}
	return string(s)
}
