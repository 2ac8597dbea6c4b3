package rest

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// seasonings are what texts hold that are worth parsing.
var seasonings = []string{
	`"quoted", \backslashed\ and /slashed/`,
	"tab\tand return\r",
	"grüße, señor; Ελληνικά, Русский",
	"日本語 中文 한국어 हिन्दी",
	"😀 𝄞 👩‍💻", // beyond U+FFFF: two escapes each
	"עברית العربية",
	"é and e\u0301",
	"controls \u0001\u001f\u007f",
	"line ends \u2028\u2029 of JavaScript",
	`\u0041 and \n that are no escapes`,
	"<b>&amp;</b> 'html'",
	"\ufeffa mark in the middle\ufeff",
}

// seasoned is a text as JSON. Every tenth has a seasoning; of those every other one is
// written in ASCII, with escapes for all else, so that in time each comes in both ways.
func seasoned(id int, text string) json.RawMessage {
	if id%10 != 0 {
		return quote(text)
	}
	round, kind := (id/10-1)/len(seasonings), (id/10-1)%len(seasonings)
	text += " " + seasonings[kind]
	if (kind+round)%2 == 0 {
		return quote(text)
	}
	return ascii(text)
}

// ascii is s as JSON that has no byte above 0x7F (RFC 8259 7).
func ascii(s string) json.RawMessage {
	var b strings.Builder
	for _, c := range string(quote(s)) {
		switch {
		case c < 0x80:
			b.WriteRune(c)
		case c > 0xffff:
			high, low := utf16.EncodeRune(c)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, c)
		}
	}
	return json.RawMessage(b.String())
}
