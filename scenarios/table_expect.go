package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// expect is expect:, and each of clients:.
var expect = object("an expectation", checkExpect,
	field("status_code", "the status", placedInt(status), func(e *Expect, v Int) { e.StatusCode = &v }),
	field("reason", "the reason phrase", match, func(e *Expect, v Match) { e.Reason = &v }),
	field("headers", "fields of the response; null: not there", headerMatches, func(e *Expect, v []HeaderMatch) { e.Headers = v }),
	field("text", "the body as text", match, func(e *Expect, v Match) { e.Text = &v }),
	field("content", "the body as Latin-1", match, func(e *Expect, v Match) { e.Content = &v }),
	field("content_hex", "the body in hexadecimal", placedBytes, func(e *Expect, v Bytes) { e.ContentHex = &v }),
	field("content_length", "the length of the body", placedInt(count), func(e *Expect, v Int) { e.ContentLength = &v }),
	field("content_sha256", "the SHA-256 of the body", sha256Match, func(e *Expect, v Match) { e.ContentSHA256 = &v }),
	field("json", "the body as JSON: objects as subsets, arrays in full", expectedJSON(), func(e *Expect, v JSON) { e.JSON = &v }),
	field("json_exact", "the body as JSON, nothing beside it", expectedJSON(), func(e *Expect, v JSON) { e.JSONExact = &v }),
	field("version", "the version in the status line", versionMatch, func(e *Expect, v Match) { e.Version = &v }),
	field("request_version", "the version of the last request sent", versionMatch, func(e *Expect, v Match) { e.RequestVersion = &v }),
	field("history", "the statuses of what came before", statuses, func(e *Expect, v Ints) { e.History = &v }),
	field("url", "the URL that answered", match, func(e *Expect, v Match) { e.URL = &v }),
	field("types", "Python classes, as in {text: str}", types, func(e *Expect, v []TypeMatch) { e.Types = v }),
	field("raises", "the exception", raises, func(e *Expect, v Raises) { e.Raises = &v }),
	field("within", "the longest that the exchange may take", placedDuration, func(e *Expect, v Duration) { e.Within = &v }),
	field("allocates", "heap, as in {at_most: 4KiB}", allocates, func(e *Expect, v Int) { e.Allocates = &v }),
	field("open_connections", "not closed by the client, as the server sees it", placedInt(count),
		func(e *Expect, v Int) { e.OpenConnections = &v }),
)

// bodyKeys are the keys that say what is in the body.
var bodyKeys = []string{"text", "content", "content_hex", "content_length", "content_sha256", "json", "json_exact"}

// responseKeys are the keys that need a Response.
var responseKeys = append([]string{"status_code", "reason", "headers", "version", "request_version", "history", "url", "types"}, bodyKeys...)

// checkExpect refuses fields of a Response where the request itself raises, since
// then there is none.
func checkExpect(d *decoder, n *node, e *Expect) {
	d.exclusive(n, "json", "json_exact")
	checkBodies(d, n, e)
	if e.Raises == nil || e.Raises.In == nil || e.Raises.In.String() != "request" {
		return
	}
	for _, k := range n.keys {
		if slices.Contains(responseKeys, k.value) {
			d.fail(k, "where the request raises there is no Response; in: content is for a body that breaks off",
				"%s: cannot stand beside raises: {in: request}", k.value)
		}
	}
}

// headerMatches are names and what their fields should be.
var headerMatches = mapped(mapOf("header fields: names and their texts", match), "header fields",
	func(d *decoder, _ *node, pairs []pair[Match]) ([]HeaderMatch, error) {
		list := make([]HeaderMatch, len(pairs))
		for i, p := range pairs {
			list[i] = HeaderMatch{p.key.value, p.value}
			d.checkTemplate(p.key)
		}
		return list, nil
	})

var placedBytes = placed(hexBytes, func(p Pos, v []byte) Bytes { return Bytes{p, v} })

var placedDuration = placed(duration, func(p Pos, v time.Duration) Duration { return Duration{p, v} })

var statuses = placed(listOf("a list of statuses such as [505]", status), func(p Pos, v []int64) Ints { return Ints{p, v} })

var sha256Match = matchOf("a SHA-256: 64 hexadecimal digits", func(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
})

// versionMatch is a version of HTTP: a client of HTTP/1 sees no other.
var versionMatch = matchOf(`a version of HTTP/1 such as "1.0" or "1.1"`, func(s string) bool {
	return len(s) == 3 && strings.HasPrefix(s, "1.") && s[2] >= '0' && s[2] <= '9'
})

// typeNames are what types: can name beside json.KEY.
var typeNames = []string{
	"response", "status_code", "reason", "headers", "text", "content", "json",
	"version", "request_version", "history", "url",
}

// types is types: {text: str}.
var types = mapped(mapOf("fields of the Response and their Python classes", match), "{text: str}",
	func(d *decoder, _ *node, pairs []pair[Match]) ([]TypeMatch, error) {
		list := make([]TypeMatch, len(pairs))
		for i, p := range pairs {
			list[i] = TypeMatch{p.key.value, p.value}
			if name := p.key.value; !slices.Contains(typeNames, name) && (!strings.HasPrefix(name, "json.") || name == "json.") {
				d.fail(p.key, didYouMean(name, append(slices.Clone(typeNames), "json.KEY")), "%s is not a field of the Response", quote(name))
			}
		}
		return list, nil
	})

// raises is the exception that is expected.
var raises = object("an exception", func(d *decoder, n *node, r *Raises) { r.Pos = d.pos(n) },
	field("in", "where: request, content, json or iter", raisesIn, func(r *Raises, v Match) { r.In = &v }),
	field("type", "its class", match, func(r *Raises, v Match) { r.Type = &v }),
	field("errno", "its number, as Linux has it", placedInt(count), func(r *Raises, v Int) { r.Errno = &v }),
	field("message", "its text", match, func(r *Raises, v Match) { r.Message = &v }),
)

var moment = oneOf("request", "content", "json", "iter")

// raisesIn is the moment of an exception.
var raisesIn = reader[Match]{"request, content, json or iter", moment.shape, func(d *decoder, n *node) (Match, bool) {
	s, ok := moment.read(d, n)
	return Match{Pos: d.pos(n), Text: s}, ok
}}

// allocates is {at_most: 4KiB}.
var allocates = object("a limit", func(d *decoder, n *node, v *Int) {
	v.Pos = d.pos(n)
}, field("at_most", "bytes", size, func(i *Int, v int64) { i.Value = v }).needed("the limit has no at_most:", "expected {at_most: 4KiB}"))

// wire is wire:, the requests as the server should have seen them.
var wire = placed(listOf("a list of requests; [] for none", wireItem), func(p Pos, v []WireItem) Wire { return Wire{p, v} })

// wireItem is a request line, or a mapping.
var wireItem = reader[WireItem]{"a request line, or a mapping", anyShape(wireLine.shape, wireMapping.shape), func(d *decoder, n *node) (WireItem, bool) {
	if n.kind == mappingNode {
		return wireMapping.read(d, n)
	}
	line, ok := wireLine.read(d, n)
	return WireItem{Pos: d.pos(n), Line: &line}, ok
}}

var wireMapping = object("a request on the wire", func(d *decoder, n *node, w *WireItem) {
	w.Pos = d.pos(n)
	d.exclusive(n, "body", "body_hex", "body_sha256", "json")
},
	field("line", "the request line", wireLine, func(w *WireItem, v Match) { w.Line = &v }),
	field("headers", "fields of the request; null: not there", headerMatches, func(w *WireItem, v []HeaderMatch) { w.Headers = v }),
	field("body", "the body as Latin-1", match, func(w *WireItem, v Match) { w.Body = &v }),
	field("body_hex", "the body in hexadecimal", placedBytes, func(w *WireItem, v Bytes) { w.BodyHex = &v }),
	field("body_sha256", "the SHA-256 of the body", sha256Match, func(w *WireItem, v Match) { w.BodySHA256 = &v }),
	field("json", "the body as JSON", expectedJSON(), func(w *WireItem, v JSON) { w.JSON = &v }),
	field("connection", "the number of its connection", placedInt(positive), func(w *WireItem, v Int) { w.Connection = &v }),
	field("server", "the server that saw it", match, func(w *WireItem, v Match) { w.Server = &v }),
)

// wireLine is a request line: METHOD TARGET HTTP/1.x.
var wireLine = mapped(match, "a request line such as GET /albums/1 HTTP/1.1", func(_ *decoder, _ *node, m Match) (Match, error) {
	if m.Absent {
		return m, fmt.Errorf("a request has a line")
	}
	if m.Regexp != nil || hasVariables(m.Text) {
		return m, nil
	}
	parts := strings.Split(m.Text, " ")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || !strings.HasPrefix(parts[2], "HTTP/") {
		return m, fmt.Errorf("%s is not a request line", quote(m.Text))
	}
	return m, nil
}).shaped(textShape)
