package compare

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/espy-hil/espy/hil/result"
)

// How much of two texts is shown around the place where they part.
const (
	contextBefore = 30 // characters
	contextAfter  = 60
	shownWhole    = 100 // up to this length a text is shown whole
	leastAlike    = 4   // characters at the beginning that make it worth saying where they part
)

// part shows two texts that differ so that a reader sees where: long ones around
// the first difference. The place is nil where they have nothing in common.
func part(want, got string) (string, string, *result.Place) {
	w, g := []rune(want), []rune(got)
	alike := 0
	for alike < min(len(w), len(g)) && w[alike] == g[alike] {
		alike++
	}
	whole := max(len(w), len(g)) <= shownWhole
	if alike < leastAlike && whole {
		return show(want), show(got), nil
	}
	from := max(0, alike-contextBefore)
	if whole {
		from = 0
	}
	before := w[from:alike]
	window := func(text []rune) string {
		if whole {
			return string(text)
		}
		return string(text[from:min(len(text), alike+contextAfter)])
	}
	quoted := show(window(w)) != window(w) || show(window(g)) != window(g)
	dress := func(text []rune) string {
		s := window(text)
		if quoted {
			s = strconv.Quote(s)
		}
		if from > 0 {
			s = "…" + s
		}
		if from+utf8.RuneCountInString(window(text)) < len(text) {
			s += "…"
		}
		return s
	}
	shown := string(before)
	if quoted {
		shown = strings.TrimSuffix(strconv.Quote(shown), `"`)
	}
	at := result.Place{Offset: alike, Line: 1, Column: 1, Shown: utf8.RuneCountInString(shown)}
	if from > 0 {
		at.Shown++
	}
	for _, r := range w[:alike] {
		if at.Column++; r == '\n' {
			at.Line, at.Column = at.Line+1, 1
		}
	}
	return dress(w), dress(g), &at
}

// parted is a diff of two texts.
func parted(field, want, got, source string) result.Diff {
	d := result.Diff{Field: field, Source: source}
	d.Want, d.Got, d.At = part(want, got)
	return d
}

// partedHex is a diff of bytes in hexadecimal.
func partedHex(field string, want, got []byte, source string) result.Diff {
	d := parted(field, hex.EncodeToString(want), hex.EncodeToString(got), source)
	if d.At != nil {
		// A byte is two characters, and there are no lines.
		d.At.Shown -= d.At.Offset % 2
		d.At.Offset /= 2
		d.At.Column = d.At.Offset + 1
	}
	return d
}
