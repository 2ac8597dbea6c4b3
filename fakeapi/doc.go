// Package fakeapi is the fake JSON REST server: an ordinary API behind a
// connection loop that controls, and remembers, every byte on the wire.
//
// The words:
//
//   - A connection is what the listener accepted; they are numbered from 1.
//   - A request is what a client sent, whole or half, well formed or not.
//   - A reply is what the server sent for it.
//   - An exchange is a request and its reply, byte for byte, with times.
//   - A refusal is the reply to a version of HTTP that the plan does not accept.
//   - A fault is what goes wrong below HTTP: package plan says what each does.
//   - A delivery is how a reply leaves: step by step, as the faults would have it.
//   - A fate is what becomes of the connection after a reply: the next request is
//     read from it, or it is closed, reset, or left hanging.
//
// The way of one request:
//
//	listener ── accept ──> connection ── fill ──> bytes of the request ──────> exchange
//	                                                │  framing: where it ends      ▲
//	                                                ▼                              │
//	              raw replies ─ or ─ version policy ─> strict parse ─> routes ─> echo corner, rest API
//	                   │                  │                │             │          │
//	                   └──────────────────┴────── reply ───┴─────────────┴──────────┘
//	                                                │
//	                                                └─ deliver ─> faults ─> connection, then its fate
//
// Two readings of one request live side by side. The lenient one (framing.go)
// finds where a request ends and what its line, fields and body were, however
// badly it is written: it is the wire view that scenarios check. The strict one
// (strict.go, and net/http's own parser) decides whether the API may see the
// request at all; what it refuses is answered with a sentence and a close.
//
// net/http's server is not used, because it cannot say what this one must: a 505
// in HTTP/1.0, an answer in another version, a reply without a reason, a reset
// after byte 17. The API itself (package rest) is an ordinary http.Handler; the echo
// corner (package echo) answers what one could not send: bodies in pieces, and slowly.
package fakeapi
