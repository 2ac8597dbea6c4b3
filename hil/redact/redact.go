// Package redact takes secrets out of what is written: logs, transcripts, reports,
// records.
//
// A secret is the value of an environment variable that holds one: see [FromEnvironment].
// What a scenario file says, its test passwords and tokens, is none: it is there for all
// to read, and what became of it is what the file is about.
//
//	text --String, Bytes, Writer, Run--> the same with [redacted] in the place of secrets
//
// A secret is found as it is, and in what encoders make of it, whole or in part: escaped
// for Go, JSON, Python or XML, percent-encoded, in Base64 at each of the three places
// that a byte can have in it, and in hex.
package redact

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Mark stands where a secret was.
const Mark = "[redacted]"

// Shortest is the length of the shortest value that is taken for a secret, in bytes: what
// is shorter stands in every text by chance.
const Shortest = 4

// Redactor knows some secrets. The nil one knows none.
type Redactor struct {
	forms *regexp.Regexp // nil: no secrets
}

// New makes a redactor for secrets; those shorter than [Shortest] are left out.
func New(secrets ...string) *Redactor {
	var all []string
	for _, s := range secrets {
		if len(s) >= Shortest {
			all = append(all, forms(s)...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	r := &Redactor{forms: regexp.MustCompile(strings.Join(all, "|"))}
	r.forms.Longest() // of two secrets that begin alike
	return r
}

// String takes secrets out of a text.
func (r *Redactor) String(text string) string {
	if r == nil {
		return text
	}
	return r.forms.ReplaceAllLiteralString(text, Mark)
}

// Bytes takes secrets out of bytes of which others tell the number: each byte of one
// becomes a star. It changes p.
func (r *Redactor) Bytes(p []byte) {
	if r == nil {
		return
	}
	for _, at := range r.forms.FindAllIndex(p, -1) {
		for i := at[0]; i < at[1]; i++ {
			p[i] = '*'
		}
	}
}

// forms are expressions for what a secret looks like.
func forms(secret string) []string {
	all := []string{encoded(secret), `(?i:` + hex.EncodeToString([]byte(secret)) + `)`}
	for before := range 3 {
		for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			all = append(all, encoded(within(alphabet, secret, before)))
		}
	}
	return all
}

// within is what of a secret's Base64 does not depend on what stands before it, so many
// bytes beyond a multiple of three, and after it.
func within(alphabet *base64.Encoding, secret string, before int) string {
	text := alphabet.EncodeToString(append(make([]byte, before), secret...))
	from := (before*8 + 5) / 6           // the first digit that is the secret's alone
	to := (before + len(secret)) * 8 / 6 // behind the last
	return text[from:to]
}

// encoded is an expression for a text each character of which may be escaped.
func encoded(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		b.WriteString("(?:" + strings.Join(ways(r, text[:n]), "|") + ")")
		text = text[n:]
	}
	return b.String()
}

// ways are expressions for one character.
func ways(r rune, raw string) []string {
	bytewise := func(format string) string {
		var b strings.Builder
		for i := range len(raw) {
			fmt.Fprintf(&b, format, raw[i])
		}
		return "(?i:" + b.String() + ")"
	}
	all := []string{regexp.QuoteMeta(raw), bytewise(`%%%02x`), bytewise(`\\x%02x`), bytewise(`\\%03o`)}
	if len(raw) == 1 && r == utf8.RuneError { // a byte that is no UTF-8
		return all
	}
	all = append(all, fmt.Sprintf(`(?i:\\u%04x)`, r), fmt.Sprintf(`(?i:\\U%08x)`, r), fmt.Sprintf(`(?i:&#x0*%x;|&#0*%d;)`, r, r))
	if r > 0x7f {
		latin1 := ""
		for i := range len(raw) {
			latin1 += string(rune(raw[i]))
		}
		all = append(all, regexp.QuoteMeta(latin1))
	}
	switch r {
	case ' ':
		all = append(all, `\+`)
	case '\n':
		all = append(all, `\\n`)
	case '\r':
		all = append(all, `\\r`)
	case '\t':
		all = append(all, `\\t`)
	case '&':
		all = append(all, `&amp;`)
	case '<':
		all = append(all, `&lt;`)
	case '>':
		all = append(all, `&gt;`)
	case '"':
		all = append(all, `\\+"`, `&quot;`)
	case '\'':
		all = append(all, `\\+'`, `&apos;`)
	case '\\':
		all = append(all, `\\{2,4}`)
	case '/':
		all = append(all, `\\/`)
	}
	return all
}
