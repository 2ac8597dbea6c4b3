package fakeapi

import (
	"cmp"
	"time"
)

// Limits bound what one client can make a server hold or wait for. A zero field
// takes its value from [DefaultLimits].
type Limits struct {
	Head    int           // bytes of a request's line and fields; beyond: 414 or 431
	Body    int           // bytes of a request's body, decoded; beyond: 413
	Capture int           // bytes kept per connection, both ways; a connection that has used them up is closed after its reply
	Memory  int           // bytes kept of all finished and current exchanges; beyond: the oldest are forgotten
	History int           // exchanges kept; beyond: the oldest are forgotten
	Idle    time.Duration // how long a connection may wait for its next request, and one that hangs for a client that has closed its side
	Read    time.Duration // how long a request may take from its first byte to its last; beyond: 408
	Write   time.Duration // how long the client may leave one write of ours unread
	Linger  time.Duration // how long a closed connection is read on, so that unread bytes do not become a reset
}

// DefaultLimits is large enough for everything a board sends, and remembers more
// than a scenario can bring about in its time. Idle is the
// keepalive_timeout that nginx ships with; Head is eight times Apache's line limit.
var DefaultLimits = Limits{
	Head:    64 << 10,
	Body:    1 << 20,
	Capture: 16 << 20,
	Memory:  256 << 20,
	History: 100_000,
	Idle:    75 * time.Second,
	Read:    30 * time.Second,
	Write:   30 * time.Second,
	Linger:  5 * time.Second,
}

// filled returns l with its zero fields replaced by the defaults.
func (l Limits) filled() Limits {
	d := DefaultLimits
	return Limits{
		Head:    cmp.Or(l.Head, d.Head),
		Body:    cmp.Or(l.Body, d.Body),
		Capture: cmp.Or(l.Capture, d.Capture),
		Memory:  cmp.Or(l.Memory, d.Memory),
		History: cmp.Or(l.History, d.History),
		Idle:    cmp.Or(l.Idle, d.Idle),
		Read:    cmp.Or(l.Read, d.Read),
		Write:   cmp.Or(l.Write, d.Write),
		Linger:  cmp.Or(l.Linger, d.Linger),
	}
}

// encoded is the most that a request may take on the wire. A chunked body costs
// more than it holds; four times allows chunks of two bytes.
func (l Limits) encoded() int { return l.Head + 4*l.Body }
