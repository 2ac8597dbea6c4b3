package scenarios

import (
	"errors"
	"fmt"
	"strings"

	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/fakeapi/plan/personality"
)

// serverPlan is server:, and each of servers:.
var serverPlan = object("a server", checkServer,
	field("versions", "which HTTP versions it takes, and what the others get", versionPolicy,
		func(s *plan.Server, v plan.Versions) { s.Versions = &v }),
	field("routes", "fixed replies, asked before the fake API", listOf("a list of routes", route),
		func(s *plan.Server, v []plan.Route) { s.Routes = v }),
	field("raw", "replies byte for byte, one for each request", listOf("a list of replies, each a list of its parts", rawReply),
		func(s *plan.Server, v []plan.Reply) { s.Raw = v }),
	field("personality", "treats versions as this real server does", serverPersonality,
		func(s *plan.Server, v *personality.Personality) { s.Personality = v }),
	field("faults", "what goes wrong below HTTP, with every reply", faults,
		func(s *plan.Server, v []plan.Fault) { s.Faults = v }),
	field("tls", "the certificate and versions of TLS", serverTLS,
		func(s *plan.Server, v plan.TLS) { s.TLS = &v }),
)

// checkServer refuses what would never be asked: a raw reply answers everything.
func checkServer(d *decoder, n *node, s *plan.Server) {
	suspectRoutes(d, n, s.Routes)
	d.exclusive(n, "raw", "versions")
	d.exclusive(n, "raw", "routes")
	d.exclusive(n, "raw", "personality")
	d.exclusive(n, "versions", "personality")
}

// serverPersonality is personality:, a name.
var serverPersonality = mapped(oneOf(personalities()...), "the name of a personality",
	func(_ *decoder, _ *node, name string) (*personality.Personality, error) {
		return personality.Named(name)
	})

func personalities() (names []string) {
	for _, p := range personality.All() {
		names = append(names, p.Name)
	}
	return names
}

// versionPolicy is versions:.
var versionPolicy = object("a version policy", checkVersions,
	field("accept", "the versions that it takes", listOf(`a list of versions: ["1.0", "1.1"]`, oneOf("1.0", "1.1")),
		func(v *plan.Versions, accept []string) { v.Accept = accept }),
	field("refuse", "what a request in another version gets", refusal,
		func(v *plan.Versions, r plan.Refusal) { v.Refuse = r }),
	field("answer", "the version of its status lines", oneOf("same", "1.0", "1.1"),
		func(v *plan.Versions, answer string) { v.Answer = answer }),
)

// checkVersions refuses a refusal that nothing can meet with.
func checkVersions(d *decoder, n *node, v *plan.Versions) {
	accepted := map[string]bool{}
	for i, version := range v.Accept {
		if accepted[version] {
			d.fail(n.get("accept").items[i], "leave one of them out", "the version %s stands twice", version)
		}
		accepted[version] = true
	}
	if n.get("refuse") != nil && (v.Accept == nil && n.get("accept") == nil || len(accepted) == 2) {
		d.missing(n, n.keyNode("refuse"), "accept: [\"1.1\"] refuses 1.0", "refuse: never happens, since both versions are accepted")
	}
}

var refusalStatus = integer("505, 426, 400, close, or a mapping of status, reason, headers and body", 400, 599)

// refusal is refuse: a status, close, or the whole answer.
var refusal = reader[plan.Refusal]{
	"505, 426, 400, close, or a mapping of status, reason, headers and body",
	anyShape(refusalStatus.shape, wordShape([]string{"close"}), refusalReply.shape),
	func(d *decoder, n *node) (plan.Refusal, bool) {
		if n.kind == mappingNode {
			return refusalReply.read(d, n)
		}
		if n.kind == scalarNode && n.value == "close" {
			return plan.Refusal{Close: true}, true
		}
		code, ok := refusalStatus.read(d, n)
		return plan.Refusal{Status: int(code)}, ok
	},
}

var refusalReply = object("a refusal", nil,
	field("status", "its status; 505 where left out", integer("a status from 400 to 599", 400, 599),
		func(r *plan.Refusal, v int64) { r.Status = int(v) }),
	field("reason", "its reason phrase", template, func(r *plan.Refusal, v string) { r.Reason = &v }),
	field("headers", "its fields; null leaves one out", replyHeaders, func(r *plan.Refusal, v []plan.Header) { r.Headers = v }),
	field("body", "its body", template, func(r *plan.Refusal, v string) { r.Body = []byte(v) }),
)

// replyHeaders is headers: of a reply. Null leaves a field out, a list sends it often.
var replyHeaders = reader[[]plan.Header]{"header fields: names and their texts", mapShape(replyHeader.shape), func(d *decoder, n *node) ([]plan.Header, bool) {
	pairs, ok := mapOf("header fields: names and their texts", replyHeader).read(d, n)
	var headers []plan.Header
	for _, p := range pairs {
		for _, h := range p.value {
			h.Name = p.key.value
			headers = append(headers, h)
		}
		ok = ok && d.checkTemplate(p.key)
	}
	return headers, ok
}}

var replyHeader = reader[[]plan.Header]{"text, a list of texts, or null", anyShape(matchShape, texts.shape), func(d *decoder, n *node) ([]plan.Header, bool) {
	if n.isWrittenNull() {
		return []plan.Header{{Absent: true}}, true
	}
	values, ok := textOrTexts.read(d, n)
	headers := make([]plan.Header, len(values))
	for i, v := range values {
		headers[i].Value = v
	}
	return headers, ok
}}

var texts = listOf("a list of texts", template)

// textOrTexts reads the value of a field, or the values of a repeated one.
var textOrTexts = reader[[]string]{"text, or a list of texts", anyShape(textShape, texts.shape), func(d *decoder, n *node) ([]string, bool) {
	if n.kind == listNode {
		return texts.read(d, n)
	}
	v, ok := template.read(d, n)
	return []string{v}, ok
}}

// route is an item of routes:.
var route = object("a route", checkRoute,
	field("on", "the method and path that it answers", routeOn,
		func(r *plan.Route, v [2]string) { r.Method, r.Path = v[0], v[1] }).
		needed("a route says nothing of what it answers", `expected on: "GET /path"`),
	field("times", "how often, before it is used up; always where left out", positive,
		func(r *plan.Route, v int64) { r.Times = int(v) }),
	field("status", "its status; 200 where left out", status, func(r *plan.Route, v int64) { r.Status = int(v) }),
	field("reason", "its reason phrase", template, func(r *plan.Route, v string) { r.Reason = &v }),
	field("headers", "its fields; null leaves one out", replyHeaders, func(r *plan.Route, v []plan.Header) { r.Headers = v }),
	field("body", "its body as text", template, func(r *plan.Route, v string) { r.Body = []byte(v) }),
	field("body_hex", "its body in hexadecimal", hexBytes,
		func(r *plan.Route, v []byte) { r.Body = []byte(escapeTemplate(string(v))) }),
	field("json", "its body as JSON", jsonText, func(r *plan.Route, v []byte) { r.Body, r.JSON = v, true }),
	field("file", "its body as a file below the scenario's folder", besideFile,
		func(r *plan.Route, v file) { r.Body, r.JSON = []byte(escapeTemplate(string(v.content))), v.json }),
)

func checkRoute(d *decoder, n *node, _ *plan.Route) {
	d.exclusive(n, "body", "body_hex", "json", "file")
}

// A file is what file: names, and whether it is JSON.
type file struct {
	content []byte
	json    bool
}

// besideFile is file: a path below the scenario's folder.
var besideFile = mapped(nonEmpty("a path"), "a path below the scenario's folder, such as replies/album.json",
	func(d *decoder, _ *node, name string) (file, error) {
		b, err := d.report.beside.content(name)
		return file{b, strings.HasSuffix(name, ".json")}, err
	})

// routeOn is on: a method and a path, or a path for every method.
var routeOn = mapped(template, `a method and a path such as "GET /albums/1"`, func(_ *decoder, _ *node, s string) ([2]string, error) {
	method, path, both := strings.Cut(s, " ")
	if !both {
		method, path = "", s
	}
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \t\r\n") || strings.ToUpper(method) != method {
		return [2]string{}, fmt.Errorf("%s is not a method and a path", quote(s))
	}
	return [2]string{method, path}, nil
})

// jsonText is the text of a JSON value.
var jsonText = mapped(sentJSON(), "a JSON value", func(_ *decoder, _ *node, v any) ([]byte, error) {
	return appendJSON(nil, v)
})

// checkServerName says why a key of servers: cannot name one.
func checkServerName(name string) error {
	switch {
	case name == "server":
		return errors.New("a server cannot be called server: $(server) is the URL of the first")
	case !isName(name):
		return fmt.Errorf("%s is not a name: expected letters, digits, _ and -", quote(name))
	}
	return nil
}

// addressVariables are the run-time variables that servers give.
func addressVariables(servers []string) map[string]bool {
	names := map[string]bool{"server": true}
	for _, s := range servers {
		names[s], names[s+".host"], names[s+".port"] = true, true, true
	}
	return names
}
