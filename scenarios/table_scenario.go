package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// document is a whole file as one variant reads it.
type document struct {
	scenario Scenario // its Variants are empty
	variant  Variant
	single   Step // of a file without steps:
}

// scenarioKeys are the keys at the top of a file. The four that hold for every run
// are read once; the rest is read for each variant.
func scenarioKeys() []key[document] {
	return []key[document]{
		field("name", "what the file shows, as a sentence", placed(nonEmpty("a name"), func(p Pos, s string) named { return named{p, s} }),
			func(f *document, v named) { f.scenario.Pos, f.scenario.Name = v.pos, v.text }).
			needed("the scenario has no name", "expected name: and a sentence that says what the file shows"),
		field("about", "free text for reports", text, func(f *document, v string) { f.scenario.About = v }),
		field("tags", "words to choose by", listOf("a list of tags", nonEmpty("a tag")), func(f *document, v []string) { f.scenario.Tags = v }),
		field("needs", "what a board must offer", listOf("a list of tls, heap", need), func(f *document, v []Need) { f.scenario.Needs = v }),
		{
			name: "for", says: "variables, each combination a run", what: "a map of names and lists of values, or a list of rows",
			shape: loopShape, read: func(*decoder, *node, *document) {}, // filled in before: see variables.go
		},
		field("server", "what the server does", namedServer, func(f *document, v Server) { f.variant.Servers = []Server{v} }),
		field("servers", "several servers and their names", servers, func(f *document, v []Server) { f.variant.Servers = v }),
		field("session", "whether the steps share a client Session", boolean, func(f *document, v bool) { f.variant.Session = v }),
		field("steps", "several requests on one board", steps, func(f *document, v []Step) { f.variant.Steps = v }),
		into("request", "what the client asks", request, func(s *Step, v Request) { s.Request = v }),
		into("expect", "what it should get", expect, func(s *Step, v Expect) { s.Expect = v }),
		into("wire", "what the server should see", wire, func(s *Step, v Wire) { s.Wire = &v }),
		into("clients", "what other clients should get instead", clients, func(s *Step, v map[string]Expect) { s.Clients = v }),
	}
}

type named struct {
	pos  Pos
	text string
}

// into is a key of the only step of a file.
func into[T any](name, says string, r reader[T], set func(*Step, T)) key[document] {
	return field(name, says, r, func(f *document, v T) { set(&f.single, v) })
}

var scenarioFile = object("a scenario", checkScenario, scenarioKeys()...)

// checkScenario sees that there is a name and a request, once.
func checkScenario(d *decoder, n *node, f *document) {
	d.exclusive(n, "server", "servers")
	for _, name := range []string{"request", "expect", "wire", "clients"} {
		d.exclusive(n, "steps", name)
	}
	steps, request := n.get("steps"), n.get("request")
	switch {
	case steps == nil && request == nil:
		d.missing(n, n, "expected request: and what the client asks, such as {get: /albums/1}", "the scenario has no request")
	case request != nil:
		f.variant.Steps = []Step{f.single}
		checkStep(d, n, &f.single)
	}
	if f.variant.Servers == nil {
		f.variant.Servers = []Server{{Name: mainServer}}
	}
	needTLS(d, n, f)
	suspectExpectations(d, n, f.variant.Steps)
	suspectReplies(d, n, f)
	if session := n.get("session"); session != nil && steps == nil {
		d.fail(n.keyNode("session"), "a Session is shared by steps:", "session: needs steps:")
	}
}

// mainServer is the name of the server of server:.
const mainServer = "main"

var namedServer = reader[Server]{serverPlan.what, serverPlan.shape, func(d *decoder, n *node) (Server, bool) {
	p, ok := serverPlan.read(d, n)
	return Server{mainServer, p}, ok
}}

// servers is servers: {main: …, other: …}.
var servers = mapped(mapOf("servers and their names", serverPlan), "servers and their names", func(d *decoder, n *node, pairs []pair[plan.Server]) ([]Server, error) {
	if len(pairs) == 0 {
		return nil, fmt.Errorf("servers: names none")
	}
	list := make([]Server, len(pairs))
	for i, p := range pairs {
		if err := checkServerName(p.key.value); err != nil {
			d.fail(p.key, "", "%v", err)
		}
		list[i] = Server{p.key.value, p.value}
	}
	return list, nil
})

// need is an item of needs:.
var need = placed(oneOf("tls", "heap"), func(p Pos, s string) Need { return Need{p, s} })

// clients is clients: {"requests": {status_code: 505}}.
var clients = mapped(mapOf("clients and what each should get", expect), "clients and what each should get",
	func(_ *decoder, _ *node, pairs []pair[Expect]) (map[string]Expect, error) {
		m := make(map[string]Expect, len(pairs))
		for _, p := range pairs {
			m[p.key.value] = p.value
		}
		return m, nil
	})

// steps is steps:. What a step saves is known to the steps after it.
var steps = reader[[]Step]{"a list of steps", listShape(step.shape), func(d *decoder, n *node) ([]Step, bool) {
	if n.kind != listNode || len(n.items) == 0 {
		d.expected(n, "a list of steps, each with request:, expect:, wire:")
		return nil, false
	}
	before := d.variables
	defer func() { d.variables = before }()
	d.variables = maps.Clone(before)
	list, whole := make([]Step, 0, len(n.items)), true
	for _, item := range n.items {
		d.raises = expectsException(item)
		s, ok := step.read(d, item)
		for _, save := range s.Save {
			d.variables[save.Name] = true
		}
		list, whole = append(list, s), whole && ok
	}
	return list, whole
}}

var step = object("a step", checkStep,
	field("wait", "silence before it", duration, func(s *Step, v time.Duration) { s.Wait = v }),
	field("request", "what the client asks", request, func(s *Step, v Request) { s.Request = v }).
		needed("the step has no request", "expected request: and what the client asks, such as {get: /albums/1}"),
	field("expect", "what it should get", expect, func(s *Step, v Expect) { s.Expect = v }),
	field("wire", "what the server should see", wire, func(s *Step, v Wire) { s.Wire = &v }),
	field("clients", "what other clients should get instead", clients, func(s *Step, v map[string]Expect) { s.Clients = v }),
	field("save", "values for later steps", saves, func(s *Step, v []Save) { s.Save = v }),
)

// expectsException looks ahead to whether a step's expect: has raises:.
func expectsException(n *node) bool {
	e := n.get("expect")
	return e != nil && e.get("raises") != nil
}

// saves is save: {id: .json.id}.
var saves = mapped(mapOf("names and where each value is: {id: .json.id}", text), "{id: .json.id}",
	func(d *decoder, n *node, pairs []pair[string]) ([]Save, error) {
		list := make([]Save, 0, len(pairs))
		for i, p := range pairs {
			if !isName(p.key.value) {
				d.fail(p.key, "expected letters, digits, _ and -", "%s is not a name", quote(p.key.value))
			} else if d.variables[p.key.value] {
				d.fail(p.key, "choose another name", "$(%s) has a value already", p.key.value)
			}
			if !isSavePath(p.value) {
				d.fail(n.items[i], "expected .status_code, .reason, .text, .url, .version, .headers.NAME, .json or .json.KEY", "%s is not a part of the Response", quote(p.value))
			}
			list = append(list, Save{d.pos(p.key), p.key.value, p.value})
		}
		return list, nil
	})

// isSavePath tells whether s names a part of the Response.
func isSavePath(s string) bool {
	if slices.Contains([]string{".status_code", ".reason", ".text", ".url", ".version", ".request_version", ".json"}, s) {
		return true
	}
	for _, prefix := range []string{".headers.", ".json."} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			return rest != "" && !strings.HasPrefix(rest, ".") && !strings.HasSuffix(rest, ".")
		}
	}
	return false
}
