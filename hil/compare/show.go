package compare

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// absent stands for a field that is not there at all.
const absent = "absent"

// longest is how many characters of a value a diff shows.
const longest = 400

// show writes a text as a person would: as it is, or in quotes where its ends,
// its emptiness or what cannot be printed would otherwise not be seen.
func show(s string) string {
	plain := s != "" && s != absent && strings.TrimSpace(s) == s && utf8.ValidString(s) &&
		strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
	if !plain {
		s = strconv.Quote(s)
	}
	return shorten(s)
}

// shorten cuts a text that is too long to be read, and says how much there was.
func shorten(s string) string {
	if utf8.RuneCountInString(s) <= longest {
		return s
	}
	cut := 0
	for n := 0; n < longest; n++ {
		_, size := utf8.DecodeRuneInString(s[cut:])
		cut += size
	}
	return fmt.Sprintf("%s… (%d bytes in all)", s[:cut], len(s))
}

func showPresent(s string, present bool) string {
	if !present {
		return absent
	}
	return show(s)
}

func showMatch(m *scenarios.Match) string {
	if m.Absent {
		return absent
	}
	return show(m.String())
}

func showJSON(j *scenarios.JSON) string {
	if j.Kind == scenarios.JSONString {
		return shorten(j.Text())
	}
	return show(j.Text())
}

func showHex(b []byte) string {
	if len(b) == 0 {
		return `""`
	}
	return shorten(hex.EncodeToString(b))
}

// showBody shows a body of which perhaps only the beginning was reported.
func showBody(b *result.Body, present bool) string {
	s := showPresent(latin1(b.Base64), present)
	if b.Truncated {
		s += fmt.Sprintf(" (the first %d of %d bytes)", len(b.Base64), b.Length)
	}
	return s
}

// showRaises is an exception in one sentence.
func showRaises(r *result.Raises) string {
	s := r.Type
	if r.Errno != nil {
		s += fmt.Sprintf(" (errno %d)", *r.Errno)
	}
	if r.In != "" {
		s += " in " + r.In
	}
	if r.Message != "" {
		s += ": " + r.Message
	}
	return show(s)
}

// showWantedRaises is an expected exception, as far as the file describes it.
func showWantedRaises(w *scenarios.Raises) string {
	s := "an exception"
	if w.Type != nil {
		s = showMatch(w.Type)
	}
	if w.Errno != nil {
		s += fmt.Sprintf(" (errno %d)", w.Errno.Value)
	}
	if w.In != nil {
		s += " in " + showMatch(w.In)
	}
	if w.Message != nil {
		s += ": " + showMatch(w.Message)
	}
	return s
}

// latin1 reads each byte as one character, which loses nothing.
func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// fromLatin1 is the bytes of a text that has one byte a character. A character
// beyond them has no byte; it becomes one that makes the text another text.
func fromLatin1(s string) []byte {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return []byte(s)
		}
		b = append(b, byte(r))
	}
	return b
}

func sortedKeys[K ~string | ~int, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
