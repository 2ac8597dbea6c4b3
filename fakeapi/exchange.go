package fakeapi

import (
	"bytes"
	"time"
)

// An Exchange is a request as the server saw it, and what it answered.
//
// Request and Reply are every byte, exactly, also of a malformed or a half
// request. RequestLine, Headers and Body are a lenient reading of Request: fields
// in order and case as sent, the body decoded from chunks or cut by its length.
type Exchange struct {
	Server      string // the server's name in the scenario
	Connection  int    // 1, 2, … in the order of acceptance
	RequestLine string
	Headers     [][2]string
	Body        []byte
	Request     []byte
	Reply       []byte    // interim replies (100) included
	Start, End  time.Time // first byte of the request; last byte of the reply, or of the request if none was sent
}

// exchange is an Exchange in the making; conn.mu guards it.
type exchange struct {
	conn       *conn
	number     int    // place among the requests that are to be answered, from 1; 0: it came too late for that
	request    []byte // once its end is known; until then it is all that conn.in holds
	reply      []byte
	start, end time.Time
	held       int  // bytes of request and reply that count as kept
	forgotten  bool // no longer among those that the server shows; nothing more is kept of it
}

// snapshot reads x as it stands, and reports whether there is anything to show.
func (x *exchange) snapshot() (Exchange, bool) {
	c := x.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	request := x.request
	if c.current == x {
		request = c.in
	}
	if len(request) == 0 && len(x.reply) == 0 {
		return Exchange{}, false
	}
	e := Exchange{
		Server:     c.server.name,
		Connection: c.number,
		Request:    bytes.Clone(request),
		Reply:      bytes.Clone(x.reply),
		Start:      x.start,
		End:        x.end,
	}
	var f framing
	f.follow(e.Request)
	if c.current == x && f.end > 0 && !f.endless() { // what follows it is the next one
		e.Request = e.Request[:f.end]
	}
	e.RequestLine, e.Headers = f.line, f.fields
	if f.head == 0 {
		e.RequestLine, e.Headers = splitHead(e.Request[f.start:])
	}
	e.Body = bytes.Clone(f.content(e.Request))
	return e, true
}
