package clienttest

import (
	"net/url"
	"slices"
	"strings"
)

// Scripted is a reply of the server, and what follows it on its connection. Unread is how
// many bytes the server takes of a request beyond the first write before it answers and
// refuses more, or -1: all of them.
type Scripted struct {
	Bytes  []byte
	End    End
	Unread int
}

// A Turn is a request on a connection, and the reply to it.
type Turn struct {
	Conn int
	Sent []byte

	Reply Reply // what is to be made of it
	Terms Terms // how it was asked for
}

// conn is a connection that a Session may keep.
type conn struct {
	number int
	origin string
	end    End // of its last reply
}

// A World is a server that answers the n-th request with the n-th reply, and over again, and
// a client that asks it: what both of them must do.
type World struct {
	Session bool
	Replies []Scripted
	Turns   []Turn

	// Seen is what the server saw of a turn by the end of a call, for what the rules leave open: how much of the
	// reply had been taken off the connection in the end, and on which connection it was.
	Seen func(turn int) (conn, read int, ok bool)

	served int
	conns  int
	idle   []conn // the longest idle first
	older  map[string]bool
}

// A Step is an answer that was not the last one.
type Step struct {
	Status  int
	Version string
}

// An Answer is what a call ends in: a Reply, or errors, of which it raises one.
type Answer struct {
	Reply
	Asked   string // the version of the last request
	History []Step

	world  *World
	conn   conn
	stays  bool // the client's side lets the connection serve again
	coded  bool // a content coding was asked for
	unsent bool
}

func failed(kinds ...string) Answer { return Answer{Reply: Reply{InHead: true, Errors: kinds}} }

// Do carries out a call up to the head of its answer.
func (w *World) Do(c Call) Answer {
	u, err := parse(c.URL)
	if err != nil {
		panic(err)
	}
	q := &request{call: c, session: w.Session, method: c.Method, fields: c.Fields, auth: basic(c.User), body: c.Body}
	if q.place, err = place(u); err != nil {
		panic(err)
	}
	var history []Step
	for hops := 0; ; hops++ {
		a := w.negotiate(q, &history)
		locations := a.Each("location")
		if a.InHead || c.Stays || len(locations) == 0 || !slices.Contains([]int{301, 302, 303, 307, 308}, a.Status) {
			a.History = history
			return a
		}
		if slices.Sort(locations); len(slices.Compact(locations)) > 1 {
			return failed(ProtocolError)
		}
		if hops == 5 {
			return failed(TooManyRedirects)
		}
		next, again, wrong := q.follow(u, a.Status, Text(locations[0]))
		switch {
		case wrong != "":
			return failed(wrong)
		case !again:
			a.History = history
			return a
		}
		u = next
		history = append(history, Step{a.Status, a.Version})
	}
}

// negotiate sends a request in the version of its call; auto in the one that its server is
// known to take, and in the other if that is refused.
func (w *World) negotiate(q *request, history *[]Step) Answer {
	if q.call.Version != "auto" {
		q.version = q.call.Version
		return w.once(q)
	}
	if w.older == nil {
		w.older = map[string]bool{}
	}
	origin := q.place.origin()
	q.version = "1.1"
	if w.older[origin] {
		q.version = "1.0"
	}
	refused := func(a Answer) bool { return !a.InHead && (a.Status == 505 || a.Status == 426 && q.version == "1.0") }
	a := w.once(q)
	if !refused(a) || q.body != nil && q.body.Gone {
		return a
	}
	*history = append(*history, Step{a.Status, a.Version})
	q.version = map[string]string{"1.0": "1.1", "1.1": "1.0"}[q.version]
	if a = w.once(q); !refused(a) && !a.InHead {
		w.older[origin] = q.version == "1.0"
	}
	return a
}

// once sends a request on a connection that waits, or on a new one; and once more on a new
// one if the first had ended by then and the request may be repeated.
func (w *World) once(q *request) Answer {
	data, wrong := q.Bytes()
	if wrong != "" {
		return failed(wrong)
	}
	c, reused := w.take(q.place.origin())
	if !reused {
		return w.send(q, data, w.dial(q))
	}
	var a Answer
	lost := true
	switch c.end {
	case Abort: // what is written is refused
		a = failed(RequestError)
	case Vanish:
		w.Turns = append(w.Turns, Turn{Conn: c.number, Sent: data, Terms: q.terms(), Reply: Reply{InHead: true, Errors: []string{RequestError}}})
		a = failed(RequestError)
	default:
		a = w.send(q, data, c)
		lost = a.InHead && slices.Contains(a.Errors, RequestError)
		if lost && len(a.Errors) > 1 { // a broken line, of a head that is reset: either may be seen
			n, _, more := w.Seen(len(w.Turns))
			lost = more && n == w.conns
		}
	}
	if !lost || !slices.Contains(idempotent, q.method) || q.body != nil && q.body.Gone {
		return a
	}
	w.idle = slices.DeleteFunc(w.idle, func(c conn) bool { return c.origin == q.place.origin() })
	return w.send(q, data, w.dial(q))
}

func (w *World) dial(q *request) conn {
	w.conns++
	return conn{number: w.conns - 1, origin: q.place.origin()}
}

// take takes a connection that waits; one on which something came, or its end, is closed.
func (w *World) take(origin string) (conn, bool) {
	for {
		at := slices.IndexFunc(w.idle, func(c conn) bool { return c.origin == origin })
		if at < 0 {
			return conn{}, false
		}
		c := w.idle[at]
		w.idle = slices.Delete(w.idle, at, at+1)
		if c.end != Close && c.end != Reset {
			return c, true
		}
	}
}

// send sends a request, and reads the head of the reply.
func (w *World) send(q *request, data []byte, c conn) Answer {
	reply := w.Replies[w.served%len(w.Replies)]
	w.served++
	a := Answer{Reply: Read(reply.Bytes, reply.End, q.terms()), Asked: q.version, world: w, conn: c}
	if room := q.first + reply.Unread; reply.Unread >= 0 && room < len(data) {
		data = data[:room]
		a.unsent = true
		if a.InHead { // that it could not be sent is the better reason
			a.Errors = []string{RequestError}
		}
	}
	w.Turns = append(w.Turns, Turn{Conn: c.number, Sent: data, Reply: a.Reply, Terms: q.terms()})
	if a.InHead {
		return a
	}
	_, own := q.field("connection")
	a.conn.end = reply.End
	a.stays = w.Session && !own && !a.unsent
	if a.EndAt < len(reply.Bytes) { // something came that nobody asked for: it is found now, or before the next request
		_, read, _ := w.Seen(len(w.Turns) - 1)
		a.stays = a.stays && read <= a.EndAt
		a.conn.end = Close
	}
	coding, _ := q.field("accept-encoding")
	a.coded = coding != ""
	if a.NoBody {
		a.Ended()
	}
	return a
}

// Ended says that the reply has been read to its end: its connection may serve again.
func (a *Answer) Ended() {
	if !a.stays || !a.Keeps || a.Lasts {
		return
	}
	a.stays = false
	w := a.world
	if w.idle = append(w.idle, a.conn); len(w.idle) > 2 {
		w.idle = w.idle[1:]
	}
}

// Idle are the connections that wait for a request.
func (w *World) Idle() []int {
	open := []int{}
	for _, c := range w.idle {
		open = append(open, c.number)
	}
	slices.Sort(open)
	return open
}

// follow makes of a request what a redirect asks for (9110 15.4); it tells whether that can
// be sent.
func (q *request) follow(from *url.URL, code int, location string) (*url.URL, bool, string) {
	bare := code == 303 || q.method == "POST" && code < 303
	if !bare && q.body != nil && q.body.Gone {
		return nil, false, ""
	}
	ref, err := parse(location)
	if err != nil {
		return nil, false, ProtocolError
	}
	to := from.ResolveReference(ref)
	p, err := place(to)
	if err != nil || p.TLS { // there is no certificate to verify by
		return nil, false, ProtocolError
	}
	if p.origin() != q.place.origin() {
		q.drop(func(name string) bool {
			return slices.Contains([]string{"authorization", "cookie", "proxy-authorization", "host"}, name)
		})
		q.auth = ""
	}
	if bare {
		q.drop(func(name string) bool { return name == "expect" || strings.HasPrefix(name, "content-") })
		q.body = nil
		if q.method != "HEAD" {
			q.method = "GET"
		}
	}
	q.place = p
	return to, true, ""
}

// Number is that of the connection on which the answer came.
func (a *Answer) Number() int { return a.conn.number }

// Coded tells whether a content coding was asked for.
func (a *Answer) Coded() bool { return a.coded }
