package compare

import (
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/espy-hil/espy/hil/result"
)

// A view is an observation as it is compared with another one: volatile parts
// masked, everything under the name that a scenario file has for it (the tag
// "field"; an empty one adds nothing to the name).
type view struct {
	Response        *responseView          `field:""`
	Raises          *raisesView            `field:"raises"`
	Wire            positions[requestView] `field:"wire"`
	OpenConnections int                    `field:"open_connections"`
	Unexpected      positions[string]      `field:"unexpected"`
}

type responseView struct {
	Types          map[string]string  `field:"types"`
	StatusCode     int                `field:"status_code"`
	Reason         string             `field:"reason"`
	Headers        headersView        `field:"headers"`
	Version        string             `field:"version"`
	RequestVersion string             `field:"request_version"`
	URL            string             `field:"url"`
	History        positions[hopView] `field:"history"`
	Content        string             `field:"content"`
	Length         int64              `field:"content_length"` // where one of the two was reported in part
	SHA256         string             `field:"content_sha256"` // as well
	Text           *string            `field:"text"`
	JSON           any                `field:"json"`
}

// headersView has each field under its name in lower case, values joined, and the
// names as they came: order and case are the client's doing too.
type headersView struct {
	Names  string            `field:""`
	Values map[string]string `field:""`
}

type hopView struct {
	Status  int    `field:"status"`
	Version string `field:"version"`
	URL     string `field:"url"`
}

type raisesView struct {
	In      string `field:"in"`
	Type    string `field:"type"`
	Errno   *int   `field:"errno"`
	Message string `field:"message"`
}

type requestView struct {
	Server     string      `field:"server"`
	Connection int         `field:"connection"`
	Line       string      `field:"request_line"`
	Headers    headersView `field:"headers"`
	Body       string      `field:"body"`
}

// positions is a list of which the n-th items are compared with each other; as a
// slice, go-cmp would look for the best alignment instead.
type positions[T any] map[int]T

// jsonString and jsonNull are a string and a null in a document, as opposed to a
// text of a Response and to no document at all.
type (
	jsonString string
	jsonNull   struct{}
)

// A lens decides what of an observation is seen.
type lens struct {
	anyVersion bool // the two runs were made in different HTTP versions
	mask       *strings.Replacer
}

func (l lens) view(o *result.Observation) view {
	v := view{OpenConnections: o.OpenConnections, Wire: positions[requestView]{}, Unexpected: positions[string]{}}
	if o.Response != nil {
		v.Response = l.response(o.Response)
	}
	if r := o.Raises; r != nil {
		message := objectAddress.ReplaceAllString(l.mask.Replace(r.Message), "0x…")
		v.Raises = &raisesView{In: r.In, Type: r.Type, Errno: r.Errno, Message: message}
	}
	connections := inOrderOfUse(o.Wire)
	for i := range o.Wire {
		v.Wire[i] = l.request(&o.Wire[i], connections[i])
	}
	for i, u := range o.Unexpected {
		v.Unexpected[i] = l.mask.Replace(u)
	}
	return v
}

func (l lens) response(r *result.Response) *responseView {
	content := latin1(r.Body.Base64)
	masked := l.mask.Replace(content)
	v := &responseView{
		Types:          map[string]string{},
		StatusCode:     r.StatusCode,
		Reason:         r.Reason,
		Headers:        l.headers(r.Headers, masked != content),
		Version:        r.Version,
		RequestVersion: r.RequestVersion,
		URL:            l.mask.Replace(r.URL),
		History:        positions[hopView]{},
		Content:        masked,
	}
	maps.Copy(v.Types, r.Types)
	for i, hop := range r.History {
		v.History[i] = hopView{Status: hop.Status, Version: hop.Version, URL: l.mask.Replace(hop.URL)}
	}
	if r.Text != nil {
		t := l.mask.Replace(*r.Text)
		v.Text = &t
	}
	if r.JSON != nil {
		v.JSON = l.json(r.JSON)
	}
	return v
}

// inPart sees a body in part on both sides where one of them reported no more of it, or
// less than the other, as a board of little memory does: what both have of it, its length
// and its sum. An address in it may be longer on one side, and the last one cut off.
func inPart(before, after *responseView, want, got *result.Response) {
	if want == nil || got == nil || !want.Body.Truncated && !got.Body.Truncated {
		return
	}
	first, second := latin1(want.Body.Base64), latin1(got.Body.Base64)
	if before.Content != first || after.Content != second {
		size := max(0, min(len(before.Content), len(after.Content))-longestAddress)
		for size > 0 && !utf8.RuneStart(before.Content[size]) {
			size--
		}
		before.Content, after.Content = before.Content[:size], after.Content[:size]
		return
	}
	before.Length, before.SHA256 = want.Body.Length, want.Body.SHA256
	after.Length, after.SHA256 = got.Body.Length, got.Body.SHA256
	size := min(len(want.Body.Base64), len(got.Body.Base64))
	before.Content, after.Content = latin1(want.Body.Base64[:size]), latin1(got.Body.Base64[:size])
}

// longestAddress is more than the bytes of any HOST:PORT of a server.
const longestAddress = 64

// headers makes the view of header fields. Where the body holds an address, its
// length is as long as the address and is left out.
func (l lens) headers(fields [][2]string, addressInBody bool) headersView {
	v := headersView{Values: map[string]string{}}
	var names []string
	for _, f := range fields {
		name := strings.ToLower(f[0])
		if l.isVolatile(name) || addressInBody && name == "content-length" {
			continue
		}
		names = append(names, f[0])
		value := l.mask.Replace(f[1])
		if earlier, ok := v.Values[name]; ok {
			value = earlier + ", " + value
		}
		v.Values[name] = value
	}
	v.Names = strings.Join(names, ", ")
	return v
}

func (l lens) request(x *result.Exchange, connection int) requestView {
	line := l.mask.Replace(x.RequestLine)
	if l.anyVersion {
		line = requestVersion.ReplaceAllString(line, "")
	}
	body := latin1(x.Body)
	masked := l.mask.Replace(body)
	return requestView{
		Server:     x.Server,
		Connection: connection,
		Line:       line,
		Headers:    l.headers(x.Headers, masked != body),
		Body:       masked,
	}
}

// json decodes a document for comparison, lists by position.
func (l lens) json(document []byte) any {
	v, err := decode(document)
	if err != nil {
		return "no JSON: " + l.mask.Replace(string(document))
	}
	return l.positioned(v)
}

func (l lens) positioned(v any) any {
	switch v := v.(type) {
	case nil:
		return jsonNull{}
	case string:
		return jsonString(l.mask.Replace(v))
	case []any:
		list := positions[any]{}
		for i, item := range v {
			list[i] = l.positioned(item)
		}
		return list
	case map[string]any:
		for key := range v {
			v[key] = l.positioned(v[key])
		}
	}
	return v
}
