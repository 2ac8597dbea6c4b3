package scenarios

import (
	"slices"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// serverTLS is tls:.
var serverTLS = object("TLS", checkTLS,
	field("cert", "the certificate, and what is wrong with it", oneOf(plan.CertNames()...),
		func(t *plan.TLS, v string) { t.Cert = v }),
	field("min_version", "the lowest version that it takes", oneOf(plan.TLSVersions...),
		func(t *plan.TLS, v string) { t.MinVersion = v }),
	field("max_version", "the highest version that it takes", oneOf(plan.TLSVersions...),
		func(t *plan.TLS, v string) { t.MaxVersion = v }),
	field("close_in_handshake", "whether it closes the connection when the client has said hello", boolean,
		func(t *plan.TLS, v bool) { t.CloseInHandshake = v }),
)

// checkTLS refuses versions between which there is none.
func checkTLS(d *decoder, n *node, t *plan.TLS) {
	lowest, highest := slices.Index(plan.TLSVersions, t.MinVersion), slices.Index(plan.TLSVersions, t.MaxVersion)
	if highest >= 0 && lowest > highest {
		d.fail(n.get("max_version"), "", "max_version: %s is below min_version: %s", t.MaxVersion, t.MinVersion)
	}
}

// needTLS has a scenario with a server that speaks TLS need a board that does.
func needTLS(d *decoder, n *node, f *document) {
	servers := []*node{n.get("server")}
	if several := n.get("servers"); several != nil {
		servers = append(servers, several.items...)
	}
	for _, s := range servers {
		if s == nil || s.get("tls") == nil || slices.ContainsFunc(f.scenario.Needs, func(n Need) bool { return n.Name == "tls" }) {
			continue
		}
		f.scenario.Needs = append(f.scenario.Needs, Need{d.pos(s.keyNode("tls")), "tls"})
	}
}
