// Package capture keeps what happened on a server's connections: every byte, in
// both directions, with its time, and how each connection began and ended.
//
// The words:
//
//   - An event is one thing that happened: a connection was accepted, bytes came or
//     left, a side closed or reset it.
//   - A sink takes events: [Recent] remembers the last of them, [Text] writes them
//     for people, [Pcapng] for Wireshark. [Tee] feeds several.
//   - The wire is what a network card would see. With TLS that is records; what they
//     hold is told beside it, as [Deciphered] and [Enciphered].
//
// The way of one event:
//
//	connection ── Event ──> Tee ──> Pcapng ──> FILE
//	                         └────> Recent ──> Text, Pcapng, when somebody asks
package capture

import (
	"net/netip"
	"time"
)

// Kind is what happened.
type Kind uint8

// The kinds of events.
const (
	Opened      Kind = iota // the connection was accepted
	Received                // the client sent bytes
	Sent                    // the server sent bytes
	ClientFIN               // the client closed its side
	ServerFIN               // the server closed its side
	ClientReset             // the client reset the connection
	ServerReset             // the server reset the connection
	Closed                  // the server let go of it; nothing follows
	Secret                  // a line of TLS key log, of whichever connection
	Secured                 // the TLS handshake is done; Bytes is the version's name
	Failed                  // the TLS handshake failed; Bytes says why
	Deciphered              // what the client's TLS records held
	Enciphered              // what the server's TLS records are about to hold
)

// An Event is one thing that happened on a connection.
type Event struct {
	Time  time.Time
	Conn  *Conn // nil for a Secret
	Kind  Kind
	Bytes []byte // the sink may read them while it is called, and no longer
}

// A Conn is a connection that a server accepted. There is one for each, so that
// pointers can be compared.
type Conn struct {
	Server         string // its name in the scenario
	Number         int    // 1, 2, … in the order of acceptance
	Client, Listen netip.AddrPort
	TLS            bool
}

// A Sink takes events. Those of one connection come in their order; Record may be
// called for several at once.
type Sink interface{ Record(Event) }

// Tee feeds every event to each of the sinks.
type Tee []Sink

// Record feeds e to every sink.
func (t Tee) Record(e Event) {
	for _, s := range t {
		s.Record(e)
	}
}
