package fakeapi

import (
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/fakeapi/plan/personality"
)

// treat asks the personality about the request. Where it refuses, the request has
// been answered.
func (t *turn) treat(p *personality.Personality) (end fate, refused bool) {
	_, host := firstValue(t.follow.fields, "Host")
	_, chunked := firstValue(t.follow.fields, "Transfer-Encoding")
	r := personality.Request{
		Method: t.line.method, Version: t.line.version, Line: t.line.text, Simple: t.line.simple,
		KeepAlive: hasOption(t.follow.fields, "keep-alive"), Host: host, Chunked: chunked,
	}
	as := p.Treat(r)
	t.as = &as
	if as.Refusal == "" {
		return 0, false
	}
	wire := as.Refuse(r, t.server.dates.at(t.server.now()))
	end = fateFIN
	if t.stays() && t.follow.end > 0 {
		end = fateNext
	}
	return t.deliver(func(yield func(plan.Step) bool) { yield(plan.Step{Bytes: wire}) }, end), true
}

// frameAs frames a reply as the personality would.
func (t *turn) frameAs(f *framed) {
	f.reasonless = t.orders.plan.Personality.Reasonless
	f.bare, f.keep = t.as.Bare, t.stays()
	f.aloud, f.silent = t.as.Connection == personality.KeepsAloud, t.as.Connection == personality.ClosesUnsaid
}

// stays says that neither the personality nor the client has the connection closed.
func (t *turn) stays() bool { return t.as.Connection.Stays() && !hasOption(t.follow.fields, "close") }
