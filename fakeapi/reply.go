package fakeapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// A reply is an answer before it is written out.
type reply struct {
	status  int
	reason  *string       // nil: the registered phrase
	headers []plan.Header // replace the server's own of the same name, or stand beside them
	kind    string        // Content-Type of the body; "": none
	body    []byte
	upgrade bool // carries Upgrade, with its connection option

	wait   time.Duration // before the first byte
	stream plan.Delivery // instead of body, as it is made
	length int           // of stream, where it is announced; 0: it is not
}

// framed is how a reply goes out: what the request and the policy decide of it.
type framed struct {
	version    string // of the status line
	head       bool   // the request was HEAD: everything but the body
	bare       bool   // the body alone, as in HTTP/0.9
	reasonless bool   // no reason phrase but one that the reply brings
	keep       bool   // the connection is to stay open
	aloud      bool   // and the client is told so
	silent     bool   // it is closed, and the client is not told so
	chunks     bool   // the client can read chunks
	date       string // of the reply, as a field has it
}

// render writes r out on d, and says whether the connection stays open after it.
func (r reply) render(f framed, d *desk) (wire []byte, keep bool) {
	own := r.own(f, d.fields[:0])
	fields := override(own, r.headers)
	_, hasLength := firstValue(fields, "Content-Length")
	_, hasCoding := firstValue(fields, "Transfer-Encoding")
	if hasCoding && hasLength && !given(r.headers, "Content-Length") {
		fields = slices.DeleteFunc(fields, func(h [2]string) bool { return strings.EqualFold(h[0], "Content-Length") })
	}
	keep = f.keep && !hasOption(fields, "close")
	if !hasLength && !hasCoding && !bodiless(r.status) {
		keep = false // the end of the connection is the end of the body
	}
	b := slices.Grow(d.wire[:0], 256+len(r.body))
	if !f.bare {
		b = append(append(append(b, "HTTP/"...), f.version...), ' ')
		b = append(append(append(b, threeDigits(r.status)...), ' '), r.phrase(f.reasonless)...)
		b = append(b, "\r\n"...)
		for _, h := range fields {
			b = append(append(append(append(b, h[0]...), ": "...), h[1]...), "\r\n"...)
		}
		b = append(b, "\r\n"...)
	}
	if !f.head && !bodiless(r.status) {
		b = append(b, r.body...)
	}
	d.wire = b
	return b, keep
}

// threeDigits is a status as a status line has it. A plan may have one of four
// digits, or of one, on purpose.
func threeDigits(status int) string {
	if status >= 100 {
		return strconv.Itoa(status)
	}
	return fmt.Sprintf("%03d", status)
}

// own lists the fields that the server sends of itself, behind fields.
func (r reply) own(f framed, fields [][2]string) [][2]string {
	fields = append(fields, [2]string{"Date", f.date})
	if r.upgrade {
		fields = append(fields, [2]string{"Upgrade", "HTTP/1.1"})
	}
	if !bodiless(r.status) {
		if r.kind != "" {
			fields = append(fields, [2]string{"Content-Type", r.kind})
		}
		switch {
		case r.stream == nil:
			fields = append(fields, [2]string{"Content-Length", strconv.Itoa(len(r.body))})
		case r.length > 0:
			fields = append(fields, [2]string{"Content-Length", strconv.Itoa(r.length)})
		case f.chunks:
			fields = append(fields, [2]string{"Transfer-Encoding", "chunked"})
		}
	}
	switch {
	case r.upgrade && !absent(r.headers, "Upgrade"):
		fields = append(fields, [2]string{"Connection", "upgrade, close"})
	case !f.keep && f.silent:
	case !f.keep:
		fields = append(fields, [2]string{"Connection", "close"})
	case f.aloud:
		fields = append(fields, [2]string{"Connection", "keep-alive"})
	}
	return fields
}

// override puts the given fields over own: the first of a name replaces the
// server's in its place, further ones and other names follow behind, and an
// absent one takes the server's away.
func override(own [][2]string, headers []plan.Header) [][2]string {
	if len(headers) == 0 {
		return own
	}
	replaced := map[int]bool{}
	for _, h := range headers {
		i := slices.IndexFunc(own, func(f [2]string) bool { return strings.EqualFold(f[0], h.Name) })
		switch {
		case h.Absent && i >= 0:
			own[i] = [2]string{}
			replaced[i] = true
		case h.Absent:
		case i >= 0 && !replaced[i]:
			own[i] = [2]string{h.Name, h.Value}
			replaced[i] = true
		default:
			own = append(own, [2]string{h.Name, h.Value})
			replaced[len(own)-1] = true
		}
	}
	return slices.DeleteFunc(own, func(f [2]string) bool { return f[0] == "" })
}

func given(headers []plan.Header, name string) bool {
	return slices.ContainsFunc(headers, func(h plan.Header) bool { return strings.EqualFold(h.Name, name) && !h.Absent })
}

func absent(headers []plan.Header, name string) bool {
	return slices.ContainsFunc(headers, func(h plan.Header) bool { return strings.EqualFold(h.Name, name) && h.Absent })
}

// bodiless says which statuses have neither a body nor a length: 1xx, 204 and 304
// (RFC 9110 8.6, 15.4.5).
func bodiless(status int) bool { return status < 200 || status == 204 || status == 304 }

// phrase is the reason phrase. The registry renamed some since net/http's table
// was written (RFC 9110 15.5.14, 15.5.15, 15.5.17, 15.5.21).
func (r reply) phrase(reasonless bool) string {
	switch {
	case r.reason != nil:
		return *r.reason
	case reasonless:
		return ""
	}
	switch r.status {
	case http.StatusRequestEntityTooLarge:
		return "Content Too Large"
	case http.StatusRequestURITooLong:
		return "URI Too Long"
	case http.StatusRequestedRangeNotSatisfiable:
		return "Range Not Satisfiable"
	case http.StatusUnprocessableEntity:
		return "Unprocessable Content"
	}
	return http.StatusText(r.status)
}

const kindJSON = "application/json; charset=utf-8"

// A problem is why a request is refused before the API sees it.
type problem struct {
	status int
	why    string // a sentence
}

func (p problem) reply() reply {
	return reply{status: p.status, kind: kindJSON, body: encode(struct {
		Error string `json:"error"`
	}{p.why})}
}

// encode is v as compact JSON. It is for values that cannot fail to encode.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// guessKind is the Content-Type of a body that came without one.
func guessKind(body []byte) string {
	switch {
	case len(body) == 0:
		return ""
	case (body[0] == '{' || body[0] == '[') && json.Valid(body):
		return "application/json"
	}
	return http.DetectContentType(body)
}
