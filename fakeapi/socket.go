package fakeapi

import (
	"io"
	"net"

	"github.com/espy-hil/espy/fakeapi/capture"
)

// A socket is the connection below TLS: what it reads and writes is what is on the
// wire. It knows when its connection waits for the client, and tells the capture of
// every byte.
type socket struct {
	net.Conn
	of *conn
}

// Read waits for bytes. See [conn.quiet] for what else it guarantees.
func (s socket) Read(p []byte) (int, error) {
	n, err := s.of.wait(p)
	if n > 0 {
		s.of.record(capture.Received, p[:n])
	}
	switch {
	case err == io.EOF:
		s.of.record(capture.ClientFIN, nil)
	case isReset(err):
		s.of.closed = true // there is nothing left to close
		s.of.record(capture.ClientReset, nil)
	}
	return n, err
}

func (s socket) Write(p []byte) (int, error) {
	n, err := s.Conn.Write(p)
	if n > 0 {
		s.of.record(capture.Sent, p[:n])
	}
	return n, err
}

// waitPlain is wait for connections that have no file descriptor to be asked.
func (c *conn) waitPlain(p []byte) (int, error) {
	c.setIdle(true)
	n, err := c.net.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = false
	return n, err
}

// record tells the capture of something that happened.
func (c *conn) record(kind capture.Kind, b []byte) {
	if sink := c.server.capture; sink != nil {
		sink.Record(capture.Event{Time: c.server.now(), Conn: c.identity, Kind: kind, Bytes: b})
	}
}
