package fakeapi

import (
	"fmt"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// endless says that the reply's end must be that of the connection: its length is
// not known when its head is sent, and the client cannot read chunks (RFC 9112 6.3).
func (r *reply) endless(f framed) bool {
	return r.stream != nil && r.length == 0 && !f.chunks && !bodiless(r.status)
}

// delivery is the reply on its way: its head, or all of it, in the first write,
// and a stream behind it as it is made.
func (r *reply) delivery(wire []byte, f framed) plan.Delivery {
	body := r.stream
	if f.head || bodiless(r.status) {
		body = nil
	}
	return func(yield func(plan.Step) bool) {
		if r.wait > 0 && !yield(plan.Step{Wait: r.wait}) || !yield(plan.Step{Bytes: wire}) || body == nil {
			return
		}
		chunks := f.chunks && r.length == 0
		for s := range body {
			if chunks && len(s.Bytes) > 0 {
				s.Bytes = fmt.Appendf(nil, "%x\r\n%s\r\n", len(s.Bytes), s.Bytes)
			}
			if !yield(s) {
				return
			}
		}
		if chunks {
			yield(plan.Step{Bytes: []byte("0\r\n\r\n")})
		}
	}
}
