//go:build peers

package questions_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/certs"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/hil/board"
)

// over makes a peer of one that speaks over TLS.
func over(config *tls.Config, speak func(*tls.Conn)) peer {
	return func(ctx context.Context, c *net.TCPConn) {
		secure := tls.Server(c, config)
		if secure.HandshakeContext(ctx) == nil {
			speak(secure)
		}
	}
}

// tlsPeers by the names that questions use. What is no TLS at all, or ends in the
// middle of it, needs no certificate.
var tlsPeers = map[string]peer{
	// HELLOCLOSE ends the connection when the board has said hello.
	"HELLOCLOSE": func(_ context.Context, c *net.TCPConn) { _, _ = c.Read(make([]byte, 1000)) },
	// PLAIN speaks HTTP.
	"PLAIN": func(_ context.Context, c *net.TCPConn) {
		_, _ = c.Read(make([]byte, 1000))
		_, _ = c.Write([]byte("HTTP/1.0 400 Bad Request\r\n\r\n"))
	},
	// TLSRESET breaks off when the board has said hello.
	"TLSRESET": func(_ context.Context, c *net.TCPConn) {
		_, _ = c.Read(make([]byte, 1000))
		_ = c.SetLinger(0)
	},
}

// callOverTLS is told "HOST:PORT", and speaks TLS to what listens there; it says what
// it has heard.
func callOverTLS(ctx context.Context, c *net.TCPConn) {
	address := make([]byte, 64)
	n, _ := c.Read(address)
	back, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}).DialContext(ctx, "tcp", string(address[:n]))
	if err != nil {
		return
	}
	defer back.Close()
	fmt.Fprint(back, "called")
	_, _ = io.CopyN(c, back, 5)
	_, _ = io.Copy(io.Discard, c)
}

// certified are peers that are only what their certificate is: they send back what
// they get.
var certified = map[string]plan.TLS{
	"TLSECHO": {}, "EXPIRED": {Cert: "expired"}, "FUTURE": {Cert: "not-yet-valid"}, "WRONGHOST": {Cert: "wrong-host"},
	"SELFSIGNED": {Cert: "self-signed"}, "UNKNOWNCA": {Cert: "unknown-ca"}, "TLS13": {MinVersion: "1.3"},
}

// speaking are peers with a right certificate.
var speaking = map[string]func(*tls.Conn){
	// NAMES says which server it was asked for.
	"NAMES": func(c *tls.Conn) { fmt.Fprintf(c, "%s\n", c.ConnectionState().ServerName) },
	// GOODBYE says three bytes and ends TLS in order, CUT leaves that out.
	"GOODBYE": func(c *tls.Conn) {
		_, _ = c.Write([]byte("abc"))
		_ = c.Close()
	},
	"CUT": func(c *tls.Conn) {
		_, _ = c.Write([]byte("abc"))
		_ = c.NetConn().Close()
	},
	// BREAKS breaks off when it has got a byte.
	"BREAKS": func(c *tls.Conn) {
		_, _ = c.Read(make([]byte, 1))
		_ = c.NetConn().(*net.TCPConn).SetLinger(0)
	},
}

// listenTLS starts them for a board, and gives the Python that names them.
func listenTLS(t *testing.T, b board.Networked) string {
	t.Helper()
	ca, err := certs.New(time.Now())
	require.NoError(t, err)
	all := map[string]peer{"TLSCALLER": callOverTLS}
	maps.Copy(all, tlsPeers)
	for name, p := range certified {
		config, err := ca.Config(p, nil, "127.0.0.1", "named.invalid")
		require.NoError(t, err)
		all[name] = over(config, func(c *tls.Conn) { _, _ = io.Copy(c, c) })
	}
	for name, speak := range speaking {
		config, err := ca.Config(plan.TLS{}, nil, "127.0.0.1", "named.invalid")
		require.NoError(t, err)
		all[name] = over(config, speak)
	}
	var globals strings.Builder
	fmt.Fprintf(&globals, "CADATA = %s\nCAPEM = %q\n", python(ca.DER()), ca.PEM())
	own, err := ca.Issue(plan.CertKind{}, "board.invalid")
	require.NoError(t, err)
	key, err := x509.MarshalPKCS8PrivateKey(own.PrivateKey)
	require.NoError(t, err)
	fmt.Fprintf(&globals, "CERT = %s\nKEY = %s\n", python(own.Certificate[0]), python(key))
	fmt.Fprintf(&globals, "CERTPEM = %q\nKEYPEM = %q\n",
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	var running sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() { cancel(); running.Wait() })
	for name, p := range all {
		l, _, err := b.Listen(t.Context(), name)
		require.NoError(t, err)
		t.Cleanup(func() { _ = l.Close() })
		running.Go(func() { serve(ctx, l, p, &running) })
		fmt.Fprintf(&globals, "%s = %d\n", name, l.Addr().(*net.TCPAddr).Port)
	}
	return globals.String()
}

// python writes bytes as Python does.
func python(p []byte) string {
	var s strings.Builder
	for _, b := range p {
		fmt.Fprintf(&s, "\\x%02x", b)
	}
	return "b'" + s.String() + "'"
}
