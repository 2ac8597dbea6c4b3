package fakeapi

import (
	"fmt"
	"net/http"
	"time"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// mostAtOnce bounds what a repeated part holds in memory.
const mostAtOnce = 64 << 10

// answerRaw plays the raw reply whose turn it is. A request beyond the list gets
// a 500 that says so: a client that hears nothing would only wait.
func (t *turn) answerRaw() fate {
	replies := t.orders.plan.Raw
	t.mu.Lock()
	number := t.current.number
	t.mu.Unlock()
	if number > len(replies) {
		if _, err := t.readHead(); err != nil {
			return fateFIN
		}
		t.line, _ = parseRequestLine(t.follow.line)
		return t.refuse(problem{
			http.StatusInternalServerError,
			fmt.Sprintf("this is request %d, and the scenario has raw replies for %d", number, len(replies)),
		})
	}
	r := replies[number-1]
	if !t.readAsFarAs(r.Read) {
		return fateFIN
	}
	return t.deliver(scripted(r.Parts), fateOf(r.Close))
}

// readAsFarAs reads the request up to the place that the plan names, or as far as
// can be told. It is false where the client left, or was late.
func (t *turn) readAsFarAs(r plan.Read) bool {
	done := func(int) bool { return t.follow.head > 0 }
	switch r.Until {
	case plan.ReadBody:
		done = func(int) bool { return t.follow.end > 0 }
	case plan.ReadBytes:
		done = func(received int) bool { return received >= r.Bytes }
	}
	_, err := t.read(done) // a problem is the scenario's own affair: the reply is raw
	return err == nil
}

// scripted is the delivery of a reply's parts. What stands between two silences
// leaves in one write, so that a client sees the same segments each time.
func scripted(parts []plan.Part) plan.Delivery {
	return func(yield func(plan.Step) bool) {
		var pending []byte
		flush := func() bool {
			b := pending
			pending = nil
			return len(b) == 0 || yield(plan.Step{Bytes: b})
		}
		for _, p := range parts {
			switch {
			case p.Repeat != nil:
				for range p.Repeat.Times {
					pending = append(pending, p.Repeat.Bytes...)
					if len(pending) >= mostAtOnce && !flush() {
						return
					}
				}
			case p.Wait > 0:
				if !flush() || !yield(plan.Step{Wait: time.Duration(p.Wait)}) {
					return
				}
			default:
				pending = append(pending, p.Bytes...)
			}
		}
		flush()
	}
}
