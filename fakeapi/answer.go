package fakeapi

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"time"

	"github.com/espy-hil/espy/fakeapi/plan/personality"
)

// A turn is the answering of one request on a connection.
type turn struct {
	*conn
	deadline time.Time // for the request to arrive; zero until it has to be waited for
	policy   policy
	line     requestLine
	as       *personality.Treatment // what the personality makes of the request; nil: there is none
}

// answer reads the current request as far as it must, replies, and says what is
// to become of the connection.
func (c *conn) answer() fate {
	defer c.desk.clear()
	t := &c.desk.turn
	*t = turn{conn: c, policy: newPolicy(c.orders.plan.Versions)}
	if c.denied != nil {
		return t.deny(*c.denied)
	}
	if c.orders.plan.Raw != nil {
		return t.answerRaw()
	}
	if p, err := t.readHead(); p != nil || err != nil {
		return t.refuseOr(p, err)
	}
	var p *problem
	if t.line, p = parseRequestLine(t.follow.line); p != nil {
		return t.refuse(*p)
	}
	if end, refused := t.judge(); refused {
		return end
	}
	r, p := parse(t.head(), t.line, &t.follow, t.as != nil)
	if p != nil {
		return t.refuse(*p)
	}
	if p, err := t.readBody(); p != nil || err != nil {
		return t.refuseOr(p, err)
	}
	c.mu.Lock()
	body := c.follow.content(c.in)
	c.mu.Unlock()
	r = withBody(r, body)
	if t.secure() {
		r.TLS = new(tls.ConnectionState) // for links back to here
	}
	if route := c.orders.route(t.line, r); route != nil {
		return t.send(routed(route), true)
	}
	if echoed, ok := t.echoed(r, body); ok {
		return t.send(echoed, true)
	}
	return t.send(c.server.call(r, &c.desk.said), true)
}

// judge asks the personality or the policy about the request's version. Where the
// request is refused, it has been answered.
func (t *turn) judge() (end fate, refused bool) {
	switch {
	case t.orders.plan.Personality != nil:
		return t.treat(t.orders.plan.Personality)
	case t.policy.accepts(t.line.version):
		return 0, false
	case t.policy.Refuse.Close:
		return fateFIN, true
	}
	return t.send(t.policy.refusal(t.line), false), true
}

// head is the request's head, from its request line on.
func (t *turn) head() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.in[t.follow.start:t.follow.head]
}

// read waits for more of the request until done says that it is enough, and gives
// up where the framing does. The problem is one that the client should hear of;
// the error says that it has left, or is late.
func (t *turn) read(done func(received int) bool) (*problem, error) {
	for {
		t.mu.Lock()
		t.follow.follow(t.in)
		received := len(t.in)
		t.mu.Unlock()
		switch {
		case done(received):
			return nil, nil
		case t.follow.fault != nil:
			return &problem{http.StatusBadRequest, t.follow.fault.Error()}, nil
		case t.tooMuch(received) != nil:
			return t.tooMuch(received), nil
		}
		if t.deadline.IsZero() {
			t.deadline = time.Now().Add(t.server.limits.Read)
		}
		if err := t.fill(t.deadline); err != nil {
			return nil, err
		}
	}
}

func (t *turn) readHead() (*problem, error) {
	return t.read(func(int) bool { return t.follow.head > 0 })
}

// readBody waits for the body, after telling a client that asked whether to send
// it (RFC 9110 10.1.1). One that answers in HTTP/1.0 cannot tell it anything; nor does
// one with faults, whose counts of bytes are of all that it sends: a client must not
// wait for ever.
func (t *turn) readBody() (*problem, error) {
	if p := t.tooMuch(0); p != nil {
		return p, nil
	}
	t.mu.Lock()
	waiting := len(t.in) == t.follow.head
	t.mu.Unlock()
	_, expects := firstValue(t.follow.fields, "Expect")
	tells := len(t.orders.plan.Faults) == 0
	if expects && tells && waiting && !t.follow.complete() && t.line.version != "1.0" && t.version() != "1.0" {
		if err := t.write([]byte("HTTP/1.1 100 Continue\r\n\r\n")); err != nil {
			return nil, err
		}
	}
	return t.read(func(int) bool { return t.follow.end > 0 })
}

// tooMuch says whether the request is larger than the limits allow, as far as is
// known.
func (t *turn) tooMuch(received int) *problem {
	limits := t.server.limits
	f := &t.follow
	switch {
	case f.head == 0 && f.lines == 0 && received > limits.Head:
		return &problem{http.StatusRequestURITooLong, fmt.Sprintf("the request line is longer than %d bytes", limits.Head)}
	case f.head == 0 && received > limits.Head, f.head > limits.Head:
		return &problem{http.StatusRequestHeaderFieldsTooLarge, fmt.Sprintf("the request's fields are longer than %d bytes", limits.Head)}
	case f.announced() > int64(limits.Body):
		return &problem{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is longer than %d bytes", limits.Body)}
	case received > limits.encoded():
		return &problem{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body takes more than %d bytes on the wire", limits.encoded())}
	}
	return nil
}

// refuseOr answers a problem, or the error that came instead of it: a client that
// is late hears so (RFC 9110 15.5.9), one that has left hears nothing.
func (t *turn) refuseOr(p *problem, err error) fate {
	switch {
	case p != nil:
		return t.refuse(*p)
	case isTimeout(err):
		return t.refuse(problem{http.StatusRequestTimeout, fmt.Sprintf("the request was not complete after %v", t.server.limits.Read)})
	}
	return fateFIN
}

func (t *turn) refuse(p problem) fate { return t.send(p.reply(), false) }

// send writes r, and keeps the connection only where the server may, the client
// wants it, and the reply says nothing else.
func (t *turn) send(r reply, mayKeep bool) fate {
	f := framed{
		version: t.version(),
		head:    t.line.method == http.MethodHead,
		date:    t.server.dates.at(t.server.now()),
	}
	if t.as == nil {
		f.keep, f.aloud = t.persists(f.version)
	} else {
		t.frameAs(&f)
	}
	f.chunks = f.version != "1.0" && t.line.version != "1.0" && t.line.version != version09 // RFC 9112 6.1
	f.keep = f.keep && mayKeep && !t.exhausted() && !r.endless(f)
	wire, keep := r.render(f, &t.desk)
	then := fateFIN
	if keep {
		then = fateNext
	}
	if len(t.orders.plan.Faults) > 0 || r.wait > 0 || r.stream != nil {
		return t.deliver(r.delivery(wire, f), then)
	}
	if t.write(wire) != nil { // what nearly every reply comes down to
		return fateFIN
	}
	return then
}

// version is that of the status line.
func (t *turn) version() string {
	switch {
	case t.as == nil:
		return t.policy.answer(t.line.version)
	case t.as.Version == personality.Same:
		return t.line.version
	}
	return t.as.Version
}

// persists says whether the client wants the connection kept, and whether it must
// be told that it is (RFC 9112 9.3): 1.1 persists unless it says close, 1.0 and
// whoever is answered in 1.0 only where it says keep-alive.
func (t *turn) persists(answer string) (keep, aloud bool) {
	fields := t.follow.fields
	if hasOption(fields, "close") || t.line.version == version09 {
		return false, false
	}
	if t.line.version == "1.0" || answer == "1.0" {
		return hasOption(fields, "keep-alive"), true
	}
	return true, false
}
