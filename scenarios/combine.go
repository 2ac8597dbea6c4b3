package scenarios

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// This file refuses what keys cannot mean together: a scenario that nothing can
// ever pass. What is only suspicious is in suspect.go.

// checkStep refuses what request:, expect: and wire: cannot mean together.
func checkStep(d *decoder, n *node, s *Step) {
	if e := n.get("expect"); e != nil {
		checkAnswer(d, e, s, s.Expect)
	}
	if clients := n.get("clients"); clients != nil {
		for i, k := range clients.keys {
			checkAnswer(d, clients.items[i], s, s.Clients[k.value])
		}
	}
	w := n.get("wire")
	if w == nil || w.kind != listNode {
		return
	}
	for _, item := range w.items {
		if server := item.get("server"); server != nil {
			checkServerKnown(d, server)
		}
		if line := item.get("line"); line != nil {
			item = line
		}
		checkWireLine(d, item, s.Request)
	}
	if e := n.get("expect"); e != nil && len(w.items) == 0 {
		for _, k := range e.keys {
			if slices.Contains(responseKeys, k.value) {
				d.fail(k, fmt.Sprintf("wire: [] (line %d) says that nothing is sent", w.line), "%s: cannot be expected where nothing is sent", k.value)
			}
		}
	}
}

// checkAnswer refuses an expectation that no answer to the request can meet.
func checkAnswer(d *decoder, n *node, s *Step, e Expect) {
	switch r := s.Request; {
	case strings.EqualFold(r.Method, "HEAD"):
		checkNoBody(d, n, e, "of a HEAD", `the answer to HEAD has no body; text: "" says so`)
	case e.StatusCode != nil && (e.StatusCode.Value == 204 || e.StatusCode.Value == 304):
		checkNoBody(d, n, e, fmt.Sprintf("beside status_code: %d", e.StatusCode.Value), "such an answer has no body (RFC 9112 6.3)")
	case r.Read.How == "nothing":
		checkNoBody(d, n, e, "where read: is nothing", "the body is left unread")
	}
	if asked, v := s.Request.HTTPVersion, e.RequestVersion; isFixedVersion(asked) && v != nil && !v.Matches(asked, true) {
		d.fail(n.get("request_version"), "only auto sends a request again in another version", "every request of http_version: %s has that version", asked)
	}
	checkMoment(d, n, s, e)
}

// isFixedVersion tells a version that the client never changes by itself.
func isFixedVersion(v string) bool { return v == "1.0" || v == "1.1" }

// checkNoBody refuses a body where there is none (RFC 9110 §9.3.2, RFC 9112 §6.3).
func checkNoBody(d *decoder, n *node, e Expect, where, hint string) {
	bodies := map[string]bool{
		"json":           true,
		"json_exact":     true,
		"text":           e.Text != nil && !e.Text.Matches("", true),
		"content":        e.Content != nil && !e.Content.Matches("", true),
		"content_hex":    e.ContentHex != nil && len(e.ContentHex.Value) > 0,
		"content_length": e.ContentLength != nil && e.ContentLength.Value > 0,
	}
	for _, k := range n.keys {
		if bodies[k.value] {
			d.fail(k, hint, "%s: cannot be expected %s", k.value, where)
		}
	}
}

// checkMoment refuses an exception at a moment that does not come, the way the body
// is read.
func checkMoment(d *decoder, n *node, s *Step, e Expect) {
	r, how := e.Raises, s.Request.Read.How
	if r == nil || r.In == nil {
		return
	}
	pieces := how == "iter_content" || how == "readinto"
	never := map[string]string{}
	if pieces {
		never["content"] = "the body is read in pieces, and what that raises is in: iter"
	} else {
		never["iter"] = "the body is not read in pieces; read: {iter_content: 512} or readinto does"
	}
	json := how == "json" || e.JSON != nil || e.JSONExact != nil
	json = json || slices.ContainsFunc(e.Types, func(t TypeMatch) bool { return strings.HasPrefix(t.Name, "json") })
	json = json || slices.ContainsFunc(s.Save, func(s Save) bool { return strings.HasPrefix(s.Path, ".json") })
	if !json {
		never["json"] = "nobody asks for the JSON; read: json does"
	}
	if hint, ok := never[r.In.Text]; ok {
		d.fail(n.get("raises").get("in"), hint, "nothing is raised in %s here", r.In.Text)
	}
}

// checkServerKnown refuses a request to a server that there is not.
func checkServerKnown(d *decoder, n *node) {
	plain := n.kind == scalarNode && !n.isNull() && !hasVariables(n.value) && !looksLikeExpression(n.value)
	if plain && !slices.Contains(d.servers, n.value) {
		d.fail(n, didYouMean(n.value, d.servers), "there is no server %s", quote(n.value))
	}
}

// checkWireLine refuses a request line that the client never makes of the request:
// a redirect may turn its method into GET, and nothing else (RFC 9110 §15.4).
func checkWireLine(d *decoder, line *node, r Request) {
	method, rest, ok := strings.Cut(line.value, " ")
	known := r.Method != "" && !strings.ContainsAny(r.Method, " \t\r\n") && !hasVariables(r.Method)
	if !ok || looksLikeExpression(method) {
		return
	}
	if known && !hasVariables(method) && method != r.Method && method != "GET" {
		d.fail(line, "expected "+r.Method+", or GET after a redirect", "the client never sends %s for a request with %s", quote(method), r.Method)
	}
	i := strings.LastIndex(rest, " HTTP/")
	if i >= 0 && isFixedVersion(r.HTTPVersion) && !hasVariables(rest) && rest[i+1:] != "HTTP/"+r.HTTPVersion {
		d.fail(line, "only auto sends a request again in another version", "every request of http_version: %s is HTTP/%s", r.HTTPVersion, r.HTTPVersion)
	}
}

// checkBodies refuses bodies that are not the same one.
func checkBodies(d *decoder, n *node, e *Expect) {
	type said struct {
		key   string
		bytes []byte
	}
	var all []said
	if e.ContentHex != nil {
		all = append(all, said{"content_hex", e.ContentHex.Value})
	}
	for _, written := range []struct {
		key string
		as  *Match
	}{{"content", e.Content}, {"text", e.Text}} {
		key, m := written.key, written.as
		if m == nil || m.Regexp != nil || m.Absent || hasVariables(m.Text) {
			continue
		}
		// A text is bytes in some encoding, which for ASCII are the same in all of them.
		ascii := strings.IndexFunc(m.Text, func(r rune) bool { return r > 0x7f }) < 0
		if b, err := latin1(m.Text); err == nil && (ascii || key == "content") {
			all = append(all, said{key, b})
		}
	}
	if len(all) == 0 {
		return
	}
	slices.SortFunc(all, func(a, b said) int { // as they stand in the file
		of := func(s said) int { return slices.IndexFunc(n.keys, func(k *node) bool { return k.value == s.key }) }
		return of(a) - of(b)
	})
	one := all[0]
	differ := func(key, hint string) {
		d.fail(n.keyNode(key), hint, "%s: is not that of %s: (line %d)", key, one.key, n.keyNode(one.key).line)
	}
	for _, other := range all[1:] {
		if !bytes.Equal(one.bytes, other.bytes) {
			differ(other.key, "leave one of them out")
		}
	}
	if l := e.ContentLength; l != nil && l.Value != int64(len(one.bytes)) {
		differ("content_length", fmt.Sprintf("it has %d bytes", len(one.bytes)))
	}
	sum := sha256.Sum256(one.bytes)
	if m := e.ContentSHA256; m != nil && !hasVariables(m.Text) && !m.Matches(hex.EncodeToString(sum[:]), true) {
		differ("content_sha256", "it is "+hex.EncodeToString(sum[:]))
	}
}
