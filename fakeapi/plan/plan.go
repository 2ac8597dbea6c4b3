// Package plan is the server's side of a scenario as pure data: what the fake
// API does with a request. It knows nothing of YAML, sockets or boards; package
// scenarios fills it from a file, package fakeapi carries it out.
//
// A request is asked, in this order: faults, raw replies, the version policy or the
// personality, routes, the fake API. Each kind of fault has a file of its own, named by the word
// that a scenario uses for it: what it does to a reply is told there, step by step,
// without a socket (see [Step]).
package plan

import "github.com/espy-hil/espy/fakeapi/plan/personality"

// A Server is the plan of one server. The zero Server is the plain fake API: it
// accepts HTTP/1.0 and HTTP/1.1 and answers in HTTP/1.1.
type Server struct {
	Versions    *Versions                // version policy; nil accepts 1.0 and 1.1, answers 1.1
	Personality *personality.Personality // treats versions as a real server does, in place of Versions; nil: none
	Routes      []Route                  // asked before the fake API; the first that matches and is not used up wins
	Raw         []Reply                  // byte for byte; when not nil, the n-th request on any connection gets the n-th reply
	Faults      []Fault                  // what goes wrong below HTTP, with every reply
	TLS         *TLS                     // nil: plain HTTP
}

// Versions is a policy for HTTP versions. SCENARIOS: versions: {accept, refuse, answer}.
type Versions struct {
	Accept []string // "1.0", "1.1"; nil accepts both
	Refuse Refusal  // what a request in any other version gets; the connection is then closed
	Answer string   // version of the status line, refusals included: "same", "1.0" or "1.1"; "" is "1.1"
}

// Refusal is the answer to a version that is not accepted. The zero Refusal is a plain 505.
type Refusal struct {
	Close   bool     // close the connection without a byte
	Status  int      // 505, 426, 400, …; 0 is 505
	Reason  *string  // nil: the registered reason phrase
	Headers []Header // beside the ones every reply has; see Header.Absent
	Body    []byte   // nil: a JSON object that says which version was refused and which are accepted
}

// Header is one field of a reply.
type Header struct {
	Name, Value string
	Absent      bool // the field that would otherwise be sent is left out (headers: {upgrade: null})
}

// Route answers a method and a path with a fixed reply.
type Route struct {
	Method  string   // "" matches every method
	Path    string   // matched exactly against the request's path; a path with a query ("/x?y=1") against both
	Times   int      // how often it answers before it is used up; 0: always
	Status  int      // 0 is 200
	Reason  *string  // nil: the registered phrase
	Headers []Header // Content-Type is guessed from the kind of body unless given
	Body    []byte
	JSON    bool // Body is JSON: Content-Type application/json
}

// Reply is one raw reply: what the server reads, then every byte that it writes,
// then how it leaves the connection.
type Reply struct {
	Read  Read
	Parts []Part
	Close Close
}

// Read says how much of the request is read before the reply is sent.
type Read struct {
	Until ReadUntil
	Bytes int // with ReadBytes
}

// ReadUntil is a place in the request.
type ReadUntil int

// How far the request is read before a raw reply.
const (
	ReadHead  ReadUntil = iota // to the empty line (the default)
	ReadBody                   // head and body, by Content-Length or chunked
	ReadBytes                  // a number of bytes
)

// Part is one piece of a raw reply; exactly one field is set.
type Part struct {
	Bytes  []byte  // written as they are
	Wait   int64   // nanoseconds of silence
	Repeat *Repeat // bytes written many times
}

// Repeat writes Bytes Times times.
type Repeat struct {
	Bytes []byte
	Times int
}

// Close is what becomes of the connection after a raw reply.
type Close int

// How a raw reply leaves the connection.
const (
	CloseFIN   Close = iota // an orderly close (the default)
	CloseReset              // RST
	CloseHang               // nothing more is sent; the connection stays open until the run ends
	CloseNone               // the next request is read from the same connection
)
