package plain

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/espy-hil/espy/hil/result"
)

// An excerpt is the bytes that a difference is about.
type excerpt struct {
	what  string // what they are of
	from  int    // how many bytes of that are before them
	bytes []byte
}

// excerptBytes is how many bytes an excerpt has at most: two lines of them.
const excerptBytes = 32

// excerpts shows the bytes that the differences of a run are of, each once.
func excerpts(b *strings.Builder, r *result.Run, columns int) {
	var shown []string
	for i := range r.Diffs {
		e, ok := excerptOf(r, &r.Diffs[i])
		if !ok || slices.Contains(shown, e.what) {
			continue
		}
		if len(shown) == mostExcerpts {
			return
		}
		shown = append(shown, e.what)
		fmt.Fprintf(b, "    %s\n%s", e.what, Hex(e.bytes, e.from, columns))
	}
}

// excerptOf is the bytes that a difference is of. Of a request whose head differs
// they are shown with it.
func excerptOf(r *result.Run, d *result.Diff) (excerpt, bool) {
	o, field := observed(r, d.Field)
	if o == nil || d.Requests != nil {
		return excerpt{}, false
	}
	first, rest, _ := strings.Cut(field, ".")
	switch {
	case strings.HasPrefix(first, "wire["):
		return ofRequest(o, first, d)
	case first == "status_code", first == "reason", first == "version", first == "history":
		return ofHead(o, "")
	case first == "headers":
		return ofHead(o, rest)
	case first == "raises":
		return ofEnd(o)
	case strings.HasPrefix(first, "content"), strings.HasPrefix(first, "json"), first == "text":
		return ofBody(o, d)
	}
	return excerpt{}, false
}

// observed is the step that a field is of, and the field without it.
func observed(r *result.Run, field string) (*result.Observation, string) {
	rest, stepped := strings.CutPrefix(field, "steps[")
	if !stepped {
		return &r.Observation, field
	}
	number, field, _ := strings.Cut(rest, "].")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n >= len(r.Steps) {
		return nil, field
	}
	return &r.Steps[n], field
}

// reply is the last that a server sent.
func reply(o *result.Observation) []byte {
	if len(o.Wire) == 0 {
		return nil
	}
	return o.Wire[len(o.Wire)-1].Reply
}

// ofHead is a line of the head of a reply: the status line, or that of a field.
func ofHead(o *result.Observation, name string) (excerpt, bool) {
	at := 0
	for line := range bytes.Lines(reply(o)) {
		key, _, _ := bytes.Cut(line, []byte(":"))
		switch {
		case name == "" && at == 0:
			return excerpt{"the status line, as it was sent", 0, line[:min(len(line), excerptBytes)]}, true
		case len(bytes.TrimRight(line, "\r\n")) == 0:
			return excerpt{}, false
		case at > 0 && strings.EqualFold(string(key), name):
			return excerpt{"the field " + Printable(name) + ", as it was sent", at, line[:min(len(line), excerptBytes)]}, true
		}
		at += len(line)
	}
	return excerpt{}, false
}

// ofEnd is the end of a reply, for an exception: what the client read last.
func ofEnd(o *result.Observation) (excerpt, bool) {
	b := reply(o)
	from := max(0, len(b)-excerptBytes)
	return excerpt{"the end of what was sent, " + Number(len(b), "byte"), from, b[from:]}, len(b) > 0
}

// ofBody is the body as it was read, around the place where it parts from what was
// wanted.
func ofBody(o *result.Observation, d *result.Diff) (excerpt, bool) {
	if o.Response == nil || len(o.Response.Body.Base64) == 0 {
		return excerpt{}, false
	}
	b, from := o.Response.Body.Base64, 0
	if d.At != nil && d.At.Offset > excerptBytes/2 {
		from = min(d.At.Offset-excerptBytes/2, max(0, len(b)-excerptBytes))
	}
	return excerpt{"the body, as it was read", from, b[from:min(len(b), from+excerptBytes)]}, true
}

// ofRequest is a request around the place where its body parts from what was wanted.
func ofRequest(o *result.Observation, item string, d *result.Diff) (excerpt, bool) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(item, "wire["), "]"))
	if err != nil || n < 0 || n >= len(o.Wire) || d.At == nil {
		return excerpt{}, false
	}
	b := o.Wire[n].Request
	head := bytes.Index(b, []byte("\r\n\r\n"))
	if head < 0 || !strings.Contains(d.Field, "].body") {
		return excerpt{}, false
	}
	from := min(max(0, head+len("\r\n\r\n")+d.At.Offset-excerptBytes/2), len(b))
	return excerpt{fmt.Sprintf("request %d, as it was sent", n+1), from, b[from:min(len(b), from+excerptBytes)]}, true
}
