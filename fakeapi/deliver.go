package fakeapi

import (
	"runtime"
	"time"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// deliver sends a reply as the plan's faults would have it. Then is the fate of
// the connection unless one of them decides otherwise, or the client has left.
func (t *turn) deliver(reply plan.Delivery, then fate) fate {
	t.mu.Lock()
	seed := uint64(t.current.number)
	t.mu.Unlock()
	due, wrote := time.Now(), false
	for s := range plan.Deliver(t.orders.plan.Faults, seed, reply) {
		switch {
		case s.End != nil:
			return fateOf(*s.End)
		case len(s.Bytes) > 0:
			if wrote && len(s.Bytes) <= segment && !t.letLeave() || t.write(s.Bytes) != nil {
				return fateFIN
			}
			wrote = true
		default:
			if !s.Even {
				due = time.Now()
			}
			if due = due.Add(s.Wait); time.Now().Before(due) && !t.pause(due) {
				return fateFIN
			}
		}
	}
	return then
}

// segment is what fits into one on its way through an Ethernet (RFC 9293 3.7.1).
// Larger writes are cut up anyhow.
const segment = 1460

// letLeave waits until what has been written has left this host. The kernel puts no
// byte into a segment that waits for another to be acknowledged (Nagle is off), but
// while a segment waits for room on the way, it would put the next write into it. It
// is false where the server closes.
func (t *turn) letLeave() bool {
	const roundTrip = 2 * time.Millisecond
	for began := time.Now(); t.queued() > 0; {
		switch waited := time.Since(began); {
		case waited > t.server.limits.Write:
			return true // the write will say what is wrong
		case waited < roundTrip:
			runtime.Gosched() // nothing tells when
		case !t.pause(time.Now().Add(roundTrip)): // the client reads slowly, or has left
			return false
		}
	}
	return true
}

// deny reads the request of a connection that the faults let nobody answer, so
// that the wire shows it, and gives the connection the end that they want. A
// client that waits to be asked for its body is not asked.
func (t *turn) deny(end plan.Close) fate {
	_, err := t.read(func(int) bool {
		_, expects := firstValue(t.follow.fields, "Expect")
		return t.follow.end > 0 || t.follow.head > 0 && expects
	})
	if err != nil && !isTimeout(err) {
		return fateFIN
	}
	return fateOf(end)
}

func fateOf(end plan.Close) fate {
	switch end {
	case plan.CloseReset:
		return fateReset
	case plan.CloseHang:
		return fateHang
	case plan.CloseNone:
		return fateNext
	case plan.CloseFIN:
	}
	return fateFIN
}
