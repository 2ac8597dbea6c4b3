package clienttest

import "strings"

// Text is what a board makes of bytes off the wire, as UTF-8: they are that if a board takes
// them for it, else ISO 8859-1.
func Text(data string) string {
	if IsText(data) {
		return data
	}
	out := make([]rune, len(data))
	for i := range len(data) {
		out[i] = rune(data[i])
	}
	return string(out)
}

// IsText tells whether MicroPython takes bytes for UTF-8, which is more than Go does:
// it counts what follows a leading byte, and takes any code point for one.
func IsText(data string) bool {
	due := 0
	for i := range len(data) {
		c := data[i]
		switch {
		case due > 0 && c >= 0x80 && c < 0xc0:
			due--
		case due > 0 || c >= 0x80 && c < 0xc0 || c >= 0xf8:
			return false
		case c >= 0xf0:
			due = 3
		case c >= 0xe0:
			due = 2
		case c >= 0xc0:
			due = 1
		}
	}
	return due == 0
}

// Text is the body as text, by the charset of its Content-Type; "" where it is none. It tells
// whether the charset is one that the client knows.
func (a *Answer) Text(body []byte) (string, bool) {
	kind, _ := a.Field("content-type")
	charset := "utf-8"
	if _, after, ok := strings.Cut(lower(Text(kind)), "charset="); ok {
		charset, _, _ = strings.Cut(after, ";")
		charset = strings.Trim(charset, ` "`)
	}
	switch charset {
	case "utf-8", "utf8", "us-ascii":
		if !IsText(string(body)) {
			return "", true
		}
		return string(body), true
	case "iso-8859-1", "latin-1":
		out := make([]rune, len(body))
		for i, c := range body {
			out[i] = rune(c)
		}
		return string(out), true
	}
	return "", false
}
