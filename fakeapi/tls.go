package fakeapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/espy-hil/espy/fakeapi/capture"
)

// WithTLS has the server speak TLS as c says: see package certs. A plan that asks
// for TLS needs it.
func WithTLS(c *tls.Config) Option { return func(s *Server) { s.tls = c } }

// secure says whether TLS is between the socket and what is read and written.
func (c *conn) secure() bool {
	_, ok := c.stream.(*tls.Conn)
	return ok
}

// handshake puts TLS over the socket, where the plan wants it. A client with which
// that fails is told so by an alert, and sees an orderly close.
func (c *conn) handshake() fate {
	if c.server.tls == nil {
		return fateNext
	}
	late := time.Now().Add(c.server.limits.Read)
	if c.orders.plan.TLS != nil && c.orders.plan.TLS.CloseInHandshake {
		return c.closeAtHello(late)
	}
	c.net.SetDeadline(late)
	secure := tls.Server(socket{c.net, c}, c.server.tls)
	err := secure.HandshakeContext(context.Background()) // the deadline bounds it, and Close
	c.net.SetDeadline(time.Time{})
	if err == nil {
		c.record(capture.Secured, []byte(tls.VersionName(secure.ConnectionState().Version)))
		c.stream = secure
		return fateNext
	}
	c.fail(c.explain(err))
	return fateFIN
}

// closeAtHello closes the connection when the client has said something.
func (c *conn) closeAtHello(late time.Time) fate {
	c.net.SetReadDeadline(late)
	c.armed = late
	c.stream.Read(make([]byte, readSize))
	c.fail(errors.New("closed in the handshake, as the plan has it"))
	return fateFIN
}

// explain answers a client that has sent HTTP where TLS was expected, and makes a
// sentence of what went wrong.
func (c *conn) explain(err error) error {
	var other tls.RecordHeaderError
	switch {
	case errors.As(err, &other) && other.Conn != nil && isToken(other.RecordHeader[0]):
		p := problem{http.StatusBadRequest, "this server speaks TLS: its URLs begin with https://"}
		wire, _ := p.reply().render(framed{version: "1.0", date: c.server.dates.at(c.server.now())}, &c.desk)
		socket{c.net, c}.Write(wire)
		return errors.New("the client speaks plain HTTP, and this server TLS")
	case errors.Is(err, net.ErrClosed):
		return errors.New("the server has stopped in the middle of the handshake")
	case isTimeout(err):
		return fmt.Errorf("the handshake was not complete after %v", c.server.limits.Read)
	}
	return err
}

// fail notes why the connection has come to nothing. What else comes on it is read
// and forgotten.
func (c *conn) fail(err error) {
	c.record(capture.Failed, []byte(err.Error()))
	c.mu.Lock()
	c.dropped, c.in = true, nil
	c.mu.Unlock()
	if c.server.observer.Failed != nil {
		c.server.observer.Failed(Failure{Connection: c.number, Client: c.identity.Client, Err: err})
	}
}

// sayGoodbye ends TLS in order (RFC 8446 6.1), where the connection has got that far.
func (c *conn) sayGoodbye() {
	if secure, ok := c.stream.(*tls.Conn); ok {
		secure.CloseWrite()
	}
}

// secrets passes lines of TLS key log on to the capture.
type secrets struct{ of *Server }

func (w secrets) Write(line []byte) (int, error) {
	w.of.capture.Record(capture.Event{Time: w.of.now(), Kind: capture.Secret, Bytes: bytes.Clone(line)})
	return len(line), nil
}

// addressOf is the address of a TCP peer, or the zero one of whatever else there is.
func addressOf(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	at := tcp.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}
