package compare

import (
	"bytes"
	"errors"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// This file says in what a difference lies: what the client sent, what the server
// sent, what the client made of it, or the time it took. Where none of these can be
// shown, nothing is said.

// timedOut is the errno of Linux for an operation that took too long.
const timedOut = 110

func isTimeout(r *result.Raises) bool {
	return r != nil && (r.Type == "Timeout" || r.Errno != nil && *r.Errno == timedOut)
}

// sent matches the fields that say what the client sent.
var sent = regexp.MustCompile(`^wire(\[\d+\](\.(request_line|headers|body|body_hex|body_sha256|json|server)\b.*)?)?$|^unexpected`)

// elsewhere matches fields of which no bytes tell the origin: what is left open, and
// what the client alone knows.
var elsewhere = regexp.MustCompile(`^(open_connections|allocates|types\..*|url|request_version|history.*|wire\[\d+\]\.connection)$`)

// originExpected is the origin of a field that is not as the file says.
func originExpected(field string, step *scenarios.Step, got *result.Observation) result.Origin {
	expect := &step.Expect
	switch {
	case sent.MatchString(field):
		return result.InRequest
	case field == "within":
		return result.InTiming
	case strings.HasPrefix(field, "raises"):
		return originRaises(expect.Raises, step.Request.Method, got)
	case elsewhere.MatchString(field) || got.Response == nil:
		return ""
	}
	a := answered(step.Request.Method, got.Wire)
	if a == nil {
		return ""
	}
	return a.origin(field, got.Response)
}

// originRaises is the origin of an exception that is not as the file says.
func originRaises(want *scenarios.Raises, method string, got *result.Observation) result.Origin {
	wanted := want != nil && want.Type != nil && want.Type.Matches("Timeout", true)
	if wanted != isTimeout(got.Raises) {
		return result.InTiming
	}
	if want != nil || got.Raises != nil && got.Raises.Type == "MemoryError" { // which says something of the heap alone
		return ""
	}
	switch a := answered(method, got.Wire); {
	case a == nil || a.whole && a.encoded():
		return ""
	case a.whole && (got.Raises.In != "json" || isJSON(a.body)):
		return result.InReading
	default:
		return result.InReply
	}
}

// origin is where a field of the Response comes from: as the server sent it, or not.
func (a *answer) origin(field string, r *result.Response) result.Origin {
	same := false
	switch name, _, _ := strings.Cut(field, "."); {
	case name == "status_code":
		same = a.code == strconv.Itoa(r.StatusCode)
	case name == "reason":
		same = isRead(a.reason, r.Reason)
	case name == "version":
		same = a.version == r.Version
	case name == "headers":
		name := strings.TrimPrefix(field, "headers.")
		same = isRead(values(a.headers, name), values(r.Headers, name))
	case !a.whole || a.encoded():
		return ""
	case strings.HasPrefix(name, "content"):
		same = isBody(&r.Body, a.body)
	case strings.HasPrefix(name, "json"):
		same = sameJSON(a.body, r.JSON)
	case name == "text" && r.Text != nil && string(a.body) == *r.Text:
		same = true
	default:
		return "" // perhaps another charset
	}
	if same {
		return result.InReply
	}
	return result.InReading
}

// isRead tells whether a text of a head, a byte a character, was read as it was sent: as
// UTF-8, or as Latin-1 where it is none.
func isRead(sent, read string) bool { return sent == read || string(fromLatin1(sent)) == read }

// values are the values of a header field, joined.
func values(headers [][2]string, name string) string {
	var all []string
	for _, h := range headers {
		if strings.EqualFold(h[0], name) {
			all = append(all, h[1])
		}
	}
	return strings.Join(all, ", ")
}

func isJSON(b []byte) bool {
	_, err := decode(b)
	return err == nil
}

func sameJSON(a, b []byte) bool {
	x, errX := decode(a)
	y, errY := decode(b)
	return errors.Join(errX, errY) == nil && reflect.DeepEqual(x, y)
}

// originBetween is the origin of what differs between two runs, outside of what they
// sent.
func originBetween(from, to lens, want, got *result.Observation, before, after *view) result.Origin {
	sentAlike := true
	for i := range min(len(want.Wire), len(got.Wire)) {
		a, b := before.Wire[i], after.Wire[i]
		sentAlike = sentAlike && a.Line == b.Line && a.Body == b.Body && cmp.Equal(a.Headers, b.Headers)
	}
	switch {
	case !sentAlike:
		return result.InRequest
	case isTimeout(want.Raises) != isTimeout(got.Raises):
		return result.InTiming
	case len(want.Wire) != len(got.Wire):
		return result.InRequest
	case len(want.Wire) == 0:
		return ""
	}
	for i := range want.Wire {
		if from.reply(want.Wire[i].Reply) != to.reply(got.Wire[i].Reply) {
			if from.anyVersion {
				return "" // of another version, it is other bytes in any case
			}
			return result.InReply
		}
	}
	return result.InReading
}

// reply is the bytes of a reply, volatile parts masked.
func (l lens) reply(b []byte) string {
	head, body, _ := bytes.Cut(b, []byte("\r\n\r\n"))
	masked := l.mask.Replace(latin1(body))
	var kept []string
	for i, line := range strings.Split(latin1(head), "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		name = strings.ToLower(name)
		if i == 0 || !l.isVolatile(name) && (name != "content-length" || masked == latin1(body)) {
			kept = append(kept, l.mask.Replace(line))
		}
	}
	return strings.Join(kept, "\r\n") + "\r\n\r\n" + masked
}

// onlyTiming is an origin if it is the timing: what was not sent for want of time.
func onlyTiming(o result.Origin) result.Origin {
	if o == result.InTiming {
		return o
	}
	return ""
}
