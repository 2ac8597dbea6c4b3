package compare

import (
	"fmt"
	"strings"

	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// wire compares the requests that the servers saw with those that the file lists:
// all of them, in order. Nil is not checked.
func (c *checker) wire(want *scenarios.Wire, got []result.Exchange) {
	if want == nil {
		return
	}
	for i := range max(len(want.Items), len(got)) {
		field := fmt.Sprintf("wire[%d]", i)
		switch {
		case i >= len(want.Items):
			c.add(want.Pos, field, "no further request", show(got[i].RequestLine))
		case i >= len(got):
			c.add(want.Items[i].Pos, field, showItem(&want.Items[i]), "no further request")
		default:
			c.exchange(field, &want.Items[i], &got[i])
		}
	}
}

// exchange compares one request.
func (c *checker) exchange(field string, want *scenarios.WireItem, got *result.Exchange) {
	c.head(field, want, got)
	c.match(field+".body", want.Body, latin1(got.Body), true)
	if w := want.BodyHex; w != nil && string(w.Value) != string(got.Body) {
		c.diffs = append(c.diffs, partedHex(field+".body_hex", w.Value, got.Body, w.Pos.String()))
	}
	c.match(field+".body_sha256", want.BodySHA256, got.BodySHA256, true)
	c.json(field+".json", want.JSON, got.Body, subset)
	c.int(field+".connection", want.Connection, int64(got.Connection), true)
	c.match(field+".server", want.Server, got.Server, true)
}

// head compares the request line and the fields. Where a field differs, all of the
// head is shown: perhaps it stands there under another name.
func (c *checker) head(field string, want *scenarios.WireItem, got *result.Exchange) {
	before := len(c.diffs)
	c.match(field+".request_line", want.Line, got.RequestLine, true)
	c.headers(field+".headers", want.Headers, got.Headers)
	differ := map[string]bool{}
	for _, d := range c.diffs[before:] {
		differ[strings.TrimPrefix(strings.TrimPrefix(d.Field, field+".request_line"), field+".headers.")] = true
	}
	if len(differ) > 1 || len(differ) == 1 && !differ[""] {
		c.diffs[before].Requests = asExpected(want, got, differ)
	}
}

// showItem names a request that did not come.
func showItem(w *scenarios.WireItem) string {
	if w.Line == nil {
		return "a request"
	}
	return showMatch(w.Line)
}
