package compare

import (
	"fmt"

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
	c.match(field+".request_line", want.Line, got.RequestLine, true)
	c.headers(field+".headers", want.Headers, got.Headers)
	c.match(field+".body", want.Body, latin1(got.Body), true)
	if w := want.BodyHex; w != nil && string(w.Value) != string(got.Body) {
		c.diffs = append(c.diffs, partedHex(field+".body_hex", w.Value, got.Body, w.Pos.String()))
	}
	c.match(field+".body_sha256", want.BodySHA256, got.BodySHA256, true)
	c.json(field+".json", want.JSON, got.Body, subset)
	c.int(field+".connection", want.Connection, int64(got.Connection), true)
	c.match(field+".server", want.Server, got.Server, true)
}

// showItem names a request that did not come.
func showItem(w *scenarios.WireItem) string {
	if w.Line == nil {
		return "a request"
	}
	return showMatch(w.Line)
}
