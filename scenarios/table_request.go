package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// shortMethods are the keys that give a method and a URL at once.
var shortMethods = []string{"get", "head", "post", "put", "patch", "delete"}

// request is request:.
var request = object("a request", checkRequest, slices.Concat(
	[]key[Request]{
		field("method", "the method, as it is sent", template, func(r *Request, v string) { r.Method = v }),
		field("url", "where to; a path is on the first server", template, func(r *Request, v string) { r.URL = v }),
	},
	shortMethodKeys(),
	[]key[Request]{
		field("http_version", "1.0, 1.1 or auto", text, func(r *Request, v string) { r.HTTPVersion = v }),
		field("headers", "header fields", requestFields, func(r *Request, v []HeaderField) { r.Headers = v }),
		field("data", "the body as text", template, func(r *Request, v string) { r.Data = &v }),
		field("json", "the body as JSON", sentJSON(), func(r *Request, v any) { r.JSON, r.HasJSON = v, true }),
		field("form", "the body as a form", requestFields, func(r *Request, v []HeaderField) { r.Form = v }),
		field("body_hex", "the body in hexadecimal", hexBytes, func(r *Request, v []byte) { r.BodyHex = v }),
		field("chunks", "the body as a generator of these", listOf("a list of texts and of {hex}", chunk),
			func(r *Request, v [][]byte) { r.Chunks = v }),
		field("auth", "user and password", auth, func(r *Request, v [2]string) { r.Auth = &v }),
		field("timeout", "the longest wait for one operation", duration, func(r *Request, v time.Duration) { r.Timeout = &v }),
		field("deadline", "the longest the whole exchange may take", duration, func(r *Request, v time.Duration) { r.Deadline = &v }),
		field("allow_redirects", "whether redirects are followed", boolean, func(r *Request, v bool) { r.AllowRedirects = &v }),
		field("stream", "whether the body is left for later", boolean, func(r *Request, v bool) { r.Stream = &v }),
		field("verify", "whether the certificate is checked", boolean, func(r *Request, v bool) { r.Verify = &v }),
		field("max_body", "the largest body that is taken", size, func(r *Request, v int64) { r.MaxBody = &v }),
		field("read", "how the body is taken", readHow, func(r *Request, v Read) { r.Read = v }),
	},
)...)

// shortMethodKeys are get: URL and the like.
func shortMethodKeys() []key[Request] {
	keys := make([]key[Request], len(shortMethods))
	for i, name := range shortMethods {
		keys[i] = field(name, "method and URL at once", template, func(r *Request, v string) {
			r.Method, r.URL = strings.ToUpper(name), v
		})
	}
	return keys
}

// checkRequest sees that there is one method, one URL and at most one body.
func checkRequest(d *decoder, n *node, r *Request) {
	r.Pos = d.pos(n)
	d.exclusive(n, append([]string{"method"}, shortMethods...)...)
	d.exclusive(n, append([]string{"url"}, shortMethods...)...)
	d.exclusive(n, "data", "json", "form", "body_hex", "chunks")
	short := slices.ContainsFunc(shortMethods, func(m string) bool { return n.get(m) != nil })
	switch method, url := n.get("method"), n.get("url"); {
	case short:
	case method == nil && url == nil:
		d.missing(n, n, "expected method: and url:, or get: /albums/1", "the request has no method and no URL")
	case url == nil:
		d.missing(n, n.keyNode("method"), "expected url:, or get: /albums/1", "the request has a method and no url:")
	case method == nil:
		d.missing(n, n.keyNode("url"), "expected method:, or get: /albums/1", "the request has a url: and no method")
	}
	if !d.raises {
		checkRequestValues(d, n, r)
	}
}

// checkRequestValues refuses what the client would refuse. A scenario that expects
// an exception may send it all the same.
func checkRequestValues(d *decoder, n *node, r *Request) {
	const onPurpose = "a step that expects raises: may ask for it all the same"
	if v := n.get("http_version"); v != nil && r.HTTPVersion != "" && !slices.Contains([]string{"1.0", "1.1", "auto"}, r.HTTPVersion) {
		d.fail(v, joinHints("expected 1.0, 1.1 or auto", onPurpose), "%s is not a version that a client can be asked for", quote(r.HTTPVersion))
	}
	for _, name := range append([]string{"url"}, shortMethods...) {
		if u := n.get(name); u != nil && u.kind == scalarNode && !u.isNull() && !isTarget(u.value) {
			d.fail(u, joinHints("expected a path that begins with /, or http://…", onPurpose), "%s is neither a path nor a URL", quote(u.value))
		}
	}
}

// isTarget tells whether s can be a request's URL as far as its beginning goes.
func isTarget(s string) bool {
	if scheme, rest, ok := strings.Cut(s, "://"); ok { // which may be in capitals (RFC 3986 3.1)
		s = strings.ToLower(scheme) + "://" + rest
	}
	return slices.ContainsFunc([]string{"/", "http://", "https://", "$("}, func(p string) bool { return strings.HasPrefix(s, p) })
}

// requestFields are names and texts, in the order of the file; a list repeats a name.
var requestFields = reader[[]HeaderField]{"names and their texts", mapShape(textOrTexts.shape), func(d *decoder, n *node) ([]HeaderField, bool) {
	pairs, ok := mapOf("names and their texts", textOrTexts).read(d, n)
	fields := []HeaderField{}
	for _, p := range pairs {
		for _, v := range p.value {
			fields = append(fields, HeaderField{p.key.value, v})
		}
		ok = ok && d.checkTemplate(p.key)
	}
	return fields, ok
}}

// chunk is a text, sent as UTF-8, or {hex}.
var chunk = reader[[]byte]{"text, or {hex}", anyShape(textShape, hexMapping.shape), func(d *decoder, n *node) ([]byte, bool) {
	if n.kind == mappingNode {
		return hexMapping.read(d, n)
	}
	s, ok := template.read(d, n)
	return []byte(s), ok
}}

// auth is [user, password].
var auth = mapped(listOf("[user, password]", template), "[user, password]", func(_ *decoder, _ *node, v []string) ([2]string, error) {
	if len(v) != 2 {
		return [2]string{}, fmt.Errorf("auth: has %d items and not 2", len(v))
	}
	return [2]string(v), nil
})

var readWord = oneOf("content", "readinto", "json", "nothing")

// readHow is read: a word, or {iter_content: 512}.
var readHow = reader[Read]{"content, readinto, json, nothing, or {iter_content: 512}", anyShape(readWord.shape, readPieces.shape), func(d *decoder, n *node) (Read, bool) {
	if n.kind == mappingNode {
		return readPieces.read(d, n)
	}
	how, ok := readWord.read(d, n)
	return Read{How: how}, ok
}}

var readPieces = mapped(object("read:", nil,
	field("iter_content", "the size of each piece", size, func(r *Read, v int64) { *r = Read{"iter_content", int(v)} }),
), "{iter_content: 512}", func(_ *decoder, _ *node, r Read) (Read, error) {
	if r.Size < 1 || r.Size > maxFile {
		return r, errors.New("pieces of the body are of 1 byte to 1 MiB")
	}
	return r, nil
})
