package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// This file warns of what is sound and surely not what was meant. See [Scenario].

// suspectExpectations warns of a file that says nothing of what it should get.
func suspectExpectations(d *decoder, n *node, steps []Step) {
	says := func(e *node) bool { return e != nil && len(e.keys) > 0 }
	items := []*node{n}
	if several := n.get("steps"); several != nil {
		items = several.items
	}
	for _, item := range items {
		if says(item.get("expect")) || says(item.get("clients")) || item.get("wire") != nil {
			return
		}
	}
	if len(steps) > 0 {
		d.warn(n.get("name"), "add expect: or wire:; between boards, what they get is compared all the same",
			"nothing is expected: only an exception makes it fail")
	}
}

// suspectReplies compares the replies of raw: with the requests that are expected.
// One more than there are replies is a fail; one less leaves a reply unsent.
func suspectReplies(d *decoder, n *node, f *document) {
	servers := f.variant.Servers
	server := n.get("server")
	if server == nil || len(servers) != 1 || servers[0].Plan.Raw == nil || len(servers[0].Plan.Faults) > 0 {
		return
	}
	requests, last := 0, n.get("wire")
	for _, s := range f.variant.Steps {
		if s.Wire == nil {
			return
		}
		requests += len(s.Wire.Items)
	}
	if steps := n.get("steps"); steps != nil && len(steps.items) > 0 {
		last = steps.items[len(steps.items)-1].get("wire")
	}
	raw := server.get("raw")
	switch replies := len(servers[0].Plan.Raw); {
	case last == nil || raw == nil || len(raw.items) != replies:
	case requests > replies:
		d.fail(last, "a request beyond the replies is a fail: an unexpected request", "raw: (line %d) answers %d of the %d requests that are expected", raw.line, replies, requests)
	case requests < replies:
		d.warn(raw.items[requests], "leave it out, or expect the request", "this reply is never sent: of %d replies, the requests that are expected take %d", replies, requests)
	}
}

// suspectRoutes warns of a route behind one that answers the same for ever.
func suspectRoutes(d *decoder, n *node, routes []plan.Route) {
	list := n.get("routes")
	if list == nil || len(list.items) != len(routes) {
		return
	}
	for j, r := range routes {
		path, _, _ := strings.Cut(r.Path, "?")
		i := slices.IndexFunc(routes[:j], func(b plan.Route) bool {
			return b.Times == 0 && (b.Method == "" || b.Method == r.Method) && (b.Path == r.Path || b.Path == path) && !hasVariables(r.Path)
		})
		if i >= 0 {
			d.warn(list.items[j], "give the first one times:, or leave one out", "this route is never reached: the one in line %d answers for ever", list.items[i].line)
		}
	}
}

// suspectNames warns of what is named and never asked for: servers beyond the
// first, and saved values.
func (c *variableCheck) suspectNames(root *node) {
	asked := func(name string) bool { return c.used[name] || c.used[name+".host"] || c.used[name+".port"] }
	if servers := root.get("servers"); servers != nil && servers.kind == mappingNode {
		for i, k := range servers.keys {
			if i > 0 && !asked(k.value) {
				c.report.warn(k, fmt.Sprintf("write $(%s) in a URL, or leave it out", k.value), "nothing asks the server %s", k.value)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.saved)) {
		if !c.used[name] {
			c.report.warn(c.saved[name], fmt.Sprintf("write $(%s) in a later step, or leave it out", name), "nothing uses $(%s)", name)
		}
	}
}
