package fakeapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// A policy answers the questions that plan.Versions decides.
type policy struct{ plan.Versions }

func newPolicy(v *plan.Versions) policy {
	var p policy
	if v != nil {
		p.Versions = *v
	}
	if p.Accept == nil {
		p.Accept = everyVersion
	}
	return p
}

// everyVersion is what a plan accepts that says nothing of it.
var everyVersion = []string{"1.0", "1.1"}

func (p policy) accepts(version string) bool { return slices.Contains(p.Accept, version) }

// answer is the version of the status line for a request in version: HTTP/1.1
// unless the plan says otherwise, since a server answers in the highest version
// of the same major one that it conforms to (RFC 9110 6.2). A version that is
// neither accepted nor HTTP/1.x cannot be echoed: 1.1 again.
func (p policy) answer(version string) string {
	switch p.Answer {
	case "":
		return "1.1"
	case "same":
		if p.accepts(version) || version == "1.0" || version == "1.1" {
			return version
		}
		return "1.1"
	}
	return p.Answer
}

// refusal is the reply to a request in a version that is not accepted. Its body
// says why, and what is supported instead (RFC 9110 15.6.6).
func (p policy) refusal(line requestLine) reply {
	refuse := p.Refuse
	r := reply{status: refuse.Status, reason: refuse.Reason, headers: refuse.Headers, body: refuse.Body}
	if r.status == 0 {
		r.status = http.StatusHTTPVersionNotSupported
	}
	r.upgrade = r.status == http.StatusUpgradeRequired // RFC 9110 15.5.22: MUST carry Upgrade
	if r.body != nil {
		r.kind = guessKind(r.body)
		return r
	}
	r.kind = kindJSON
	r.body = encode(struct {
		Error    string   `json:"error"`
		Refused  string   `json:"refused"`
		Accepted []string `json:"accepted"`
	}{p.sentence(line), line.version, p.Accept})
	return r
}

func (p policy) sentence(line requestLine) string {
	accepted := "no version at all"
	if len(p.Accept) > 0 {
		accepted = "HTTP/" + strings.Join(p.Accept, " and HTTP/")
	}
	if line.version == version09 {
		return fmt.Sprintf("the request line %q names no version, which makes it HTTP/0.9 (or its URL holds a line break); this server accepts %s", line.text, accepted)
	}
	return fmt.Sprintf("HTTP/%s is not accepted; this server accepts %s", line.version, accepted)
}
