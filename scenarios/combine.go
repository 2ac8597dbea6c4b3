package scenarios

import "strings"

// checkStep refuses what request:, expect: and wire: cannot mean together.
func checkStep(d *decoder, n *node, s *Step) {
	if e := n.get("expect"); e != nil && strings.EqualFold(s.Request.Method, "HEAD") {
		checkHead(d, e, s.Expect)
	}
	if w := n.get("wire"); w != nil && w.kind == listNode {
		for _, item := range w.items {
			if line := item.get("line"); line != nil {
				item = line
			}
			checkWireMethod(d, item, s.Request.Method)
		}
	}
}

// checkHead refuses a body in the answer to HEAD (RFC 9110 §9.3.2).
func checkHead(d *decoder, n *node, e Expect) {
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
			d.fail(k, `the answer to HEAD has no body; text: "" says so`, "%s: cannot be expected of a HEAD", k.value)
		}
	}
}

// checkWireMethod refuses a request line whose method the client never makes of the
// request's: a redirect may turn it into GET, and nothing else (RFC 9110 §15.4).
func checkWireMethod(d *decoder, line *node, asked string) {
	method, _, ok := strings.Cut(line.value, " ")
	known := asked != "" && !strings.ContainsAny(asked, " \t\r\n") && !hasVariables(asked)
	if !ok || !known || hasVariables(method) || looksLikeExpression(method) || method == asked || method == "GET" {
		return
	}
	d.fail(line, "expected "+asked+", or GET after a redirect", "the client never sends %s for a request with %s", quote(method), asked)
}
