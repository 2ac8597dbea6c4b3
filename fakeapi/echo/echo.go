package echo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// A Request is what the corner looks at: the fields as they were sent, the body
// decoded.
type Request struct {
	Method, Version string // "GET", "1.1"
	Base            string // what the client knows the server as: "http://127.0.0.1:8080"
	URL             *url.URL
	Fields          [][2]string
	Body            []byte
}

// An Answer is a reply before it is framed.
type Answer struct {
	Status  int // 200 if 0
	Kind    string
	Headers [][2]string
	Wait    time.Duration // before the first byte
	Body    []byte
	Stream  plan.Delivery // instead of Body, as it is made
	Length  int           // of Stream, where it is announced; 0: it is not
}

// A place is a path of the corner, or all below it.
type place struct {
	path   string // "/headers", or "/status/" with one word or more behind it
	any    bool   // any method; GET and HEAD otherwise
	answer func(r *Request, rest string) Answer
}

var places = []place{
	{"/status/", true, status},
	{"/headers", false, headers},
	{"/anything", true, anything},
	{"/anything/", true, anything},
	{"/delay/", true, delay},
	{"/bytes/", false, randomBytes},
	{"/stream/", false, stream},
	{"/chunked/", false, chunked},
	{"/drip", false, drip},
	{"/redirect/", true, redirect},
	{"/relative-redirect/", true, relativeRedirect},
	{"/redirect-to", true, redirectTo},
	{"/gzip", false, gzipped},
	{"/deflate", false, deflated},
	{"/cookies", false, cookies},
	{"/cookies/set", false, setCookies},
	{"/basic-auth/", false, basicAuth},
	{"/response-headers", false, responseHeaders},
	{"/encoding/utf8", false, utf8Text},
	{"/html", false, page},
}

// find returns the place that serves a path, and what stands behind it there.
func find(path string) (p *place, rest string) {
	for i := range places {
		p := &places[i]
		rest, found := strings.CutPrefix(path, p.path)
		if found && (rest != "") == strings.HasSuffix(p.path, "/") {
			return p, rest
		}
	}
	return nil, ""
}

// Paths lists the paths of the corner, with the methods of each; … stands for the
// words behind one.
func Paths() [][2]string {
	var all [][2]string
	for _, p := range places {
		methods, path := "GET HEAD", p.path
		if p.any {
			methods = "any"
		}
		if strings.HasSuffix(path, "/") {
			path += "…"
		}
		all = append(all, [2]string{methods, path})
	}
	return all
}

// Serves says whether a path belongs to the corner.
func Serves(path string) bool {
	p, _ := find(path)
	return p != nil
}

// Ask answers a request to one of the corner's paths.
func Ask(r *Request) Answer {
	p, rest := find(r.URL.Path)
	switch {
	case p == nil:
		return wrong(http.StatusNotFound, "there is nothing at %s", r.URL.Path)
	case !p.any && r.Method == http.MethodOptions:
		return Answer{Status: http.StatusNoContent, Headers: allow}
	case !p.any && r.Method != http.MethodGet && r.Method != http.MethodHead:
		a := wrong(http.StatusMethodNotAllowed, "%s is asked with GET or HEAD, not %s", r.URL.Path, r.Method)
		a.Headers = allow
		return a
	}
	return checked(p.answer(r, rest))
}

// allow names the methods of a place that does not take any.
var allow = [][2]string{{"Allow", "GET, HEAD, OPTIONS"}}

// checked refuses a field that would break the reply's head apart: values come
// from the request.
func checked(a Answer) Answer {
	for _, h := range a.Headers {
		if strings.ContainsFunc(h[1], func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
			return wrong(http.StatusBadRequest, "the field %s cannot have a control character in its value %.40q", h[0], h[1])
		}
	}
	return a
}

// wrong is an answer that says what was wrong.
func wrong(status int, format string, args ...any) Answer {
	a := says(struct {
		Error string `json:"error"`
	}{fmt.Sprintf(format, args...)})
	a.Status = status
	return a
}

// says is an answer in JSON, of a value that cannot fail to be written in it.
func says(v any) Answer {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // see above
	return Answer{Kind: "application/json; charset=utf-8", Body: []byte(strings.TrimSuffix(b.String(), "\n"))}
}

// An object is a JSON object in the order that it was made in.
type object []member

type member struct {
	name   string
	values []string
}

// add puts a value in; the names are told apart by same.
func (o object) add(name, value string, same func(a, b string) bool) object {
	i := slices.IndexFunc(o, func(m member) bool { return same(m.name, name) })
	if i < 0 {
		return append(o, member{name, []string{value}})
	}
	o[i].values = append(o[i].values, value)
	return o
}

// pairs is an object whose repeated names have lists of values.
func pairs(all [][2]string) object {
	o := object{}
	for _, p := range all {
		o = o.add(p[0], p[1], func(a, b string) bool { return a == b })
	}
	return o
}

// fields is an object of header fields: repeated ones are joined, as whoever reads
// them may do (RFC 9110 5.3).
func fields(all [][2]string) object {
	o := object{}
	for _, f := range all {
		o = o.add(f[0], f[1], strings.EqualFold)
	}
	for i := range o {
		o[i].values = []string{strings.Join(o[i].values, ", ")}
	}
	return o
}

// MarshalJSON writes the members in their order, each a text or a list of texts.
func (o object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		var value any = m.values
		if len(m.values) == 1 {
			value = m.values[0]
		}
		b = append(append(append(b, says(m.name).Body...), ':'), says(value).Body...)
	}
	return append(b, '}'), nil
}
