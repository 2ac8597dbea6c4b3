package sim_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/certs"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/hil/repl"
)

// What a board answers about TLS is asked of the unix port too, in sim/questions.
// This is what that has not: module ssl, and interrupts.
func TestABoardSpeaksTLSByModuleSSL(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", nil)
	r := talk(t, b)
	ca, err := certs.New(time.Now())
	require.NoError(t, err)
	ports := map[string]int{}
	for _, cert := range []string{"valid", "expired"} {
		l, _, err := b.Listen(t.Context(), cert)
		require.NoError(t, err)
		t.Cleanup(func() { _ = l.Close() })
		config, err := ca.Config(plan.TLS{Cert: cert}, nil, "127.0.0.1")
		require.NoError(t, err)
		ports[cert] = l.Addr().(*net.TCPAddr).Port
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					secure := tls.Server(c, config)
					_, _ = io.Copy(secure, secure)
				}()
			}
		}()
	}
	var cadata strings.Builder
	for _, b := range ca.DER() {
		fmt.Fprintf(&cadata, "\\x%02x", b)
	}
	run(t, r, fmt.Sprintf(`import socket, ssl
cadata = b'%s'
def wrap(port, **kw):
    s = socket.socket()
    s.connect(socket.getaddrinfo("127.0.0.1", port)[0][-1])
    return ssl.wrap_socket(s, server_hostname="127.0.0.1", **kw)
`, cadata.String()))
	require.Equal(t, "b'abc'", run(t, r, fmt.Sprintf("s = wrap(%d, cert_reqs=ssl.CERT_REQUIRED, cadata=cadata)\ns.write(b'abc')\nprint(s.read(3))\ns.close()", ports["valid"])))
	require.Equal(t, "b'abc'", run(t, r, fmt.Sprintf("s = wrap(%d)\ns.write(b'abc')\nprint(s.read(3))\ns.close()", ports["expired"])))
	var raised *repl.PythonError
	require.ErrorAs(t, r.Exec(t.Context(), fmt.Sprintf("wrap(%d, cert_reqs=ssl.CERT_REQUIRED, cadata=cadata)", ports["expired"]), nil), &raised)
	require.Equal(t, "ValueError", raised.Type)
	require.Contains(t, raised.Message, "expired")
}

// On a chip that is the board's own clock, which begins in 2000.
func TestACertificateIsJudgedByTheClockOfTheBoard(t *testing.T) {
	t.Parallel()
	b := power(t, "sim:esp32", nil)
	r := talk(t, b)
	authority, err := certs.New(time.Now())
	require.NoError(t, err)
	run(t, r, fmt.Sprintf(`
import socket, tls, machine
ca = bytes.fromhex('%x')
def connect(port, year):
  machine.RTC().datetime((year, 1, 1, 0, 0, 0, 0, 0))
  c = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
  c.load_verify_locations(ca)
  s = socket.socket()
  s.connect(('127.0.0.1', port))
  try: c.wrap_socket(s, server_hostname='127.0.0.1'); return 'well'
  except ValueError as e: return str(e).strip().split()[-1]
  finally: s.close()`, authority.DER()))
	year := time.Now().Year()
	for _, c := range []struct {
		cert string
		year int
		want string
	}{
		{"valid", year, "well"},
		{"valid", 2000, "well"},
		{"valid", year + 30, "expired"},
		{"expired", year + 1, "expired"},
		{"not-yet-valid", year, "future"},
		{"not-yet-valid", 2000, "future"},
	} {
		l, host, err := b.Listen(t.Context(), c.cert)
		require.NoError(t, err)
		defer l.Close()
		config, err := authority.Config(plan.TLS{Cert: c.cert}, nil, host)
		require.NoError(t, err)
		go func() {
			if c, err := l.Accept(); err == nil {
				_ = tls.Server(c, config).Handshake()
				_ = c.Close()
			}
		}()
		require.Equal(t, c.want, run(t, r, fmt.Sprintf("print(connect(%d, %d))", l.Addr().(*net.TCPAddr).Port, c.year)), c)
	}
}

// It verifies nothing and knows RSA alone; a server that has no RSA tells it so.
func TestAnESP8266sTLSIsAxTLS(t *testing.T) {
	t.Parallel()
	b := power(t, "sim:esp8266", nil)
	r := talk(t, b)
	run(t, r, `
import socket, ssl, tls
def connect(port):
  s = socket.socket()
  s.connect(('127.0.0.1', port))
  try:
    w = ssl.wrap_socket(s, server_hostname='somebody.else')
    w.write(b'abc')
    return w.read(3), w.read(1)
  except OSError as e: return e.args
  finally: s.close()`)
	require.Equal(t, "0 False False False", run(t, r, `
c = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
c.verify_mode = 2
print(c.verify_mode, hasattr(tls, 'CERT_REQUIRED'), hasattr(ssl, 'CERT_REQUIRED'), hasattr(c, 'load_verify_locations'))`))
	for want, config := range map[string]*tls.Config{
		"(b'abc', b'')": {Certificates: []tls.Certificate{selfSigned(t, rsaKey(t))}, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}},
		"(-40,)":        {Certificates: []tls.Certificate{selfSigned(t, ecdsaKey(t))}},
	} {
		l, _, err := b.Listen(t.Context(), "main")
		require.NoError(t, err)
		defer l.Close()
		go func() {
			if c, err := l.Accept(); err == nil {
				secure := tls.Server(c, config)
				_, _ = io.CopyN(secure, secure, 3)
				_ = c.Close() // without a goodbye
			}
		}()
		require.Equal(t, want, run(t, r, fmt.Sprintf("print(connect(%d))", l.Addr().(*net.TCPAddr).Port)))
	}
}

func rsaKey(t *testing.T) crypto.Signer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return key
}

func ecdsaKey(t *testing.T) crypto.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func selfSigned(t *testing.T, key crypto.Signer) tls.Certificate {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// A server that takes the connection and says nothing holds the handshake up.
func TestAHandshakeCanBeInterruptedAndTimesOut(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", nil)
	r := talk(t, b)
	l, _, err := b.Listen(t.Context(), "silent")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	code := fmt.Sprintf(`import socket, tls
c = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
c.verify_mode = tls.CERT_NONE
s = socket.socket()
s.connect(socket.getaddrinfo("127.0.0.1", %d)[0][-1])
print("connected")
`, l.Addr().(*net.TCPAddr).Port)
	p, err := r.Start(t.Context(), code+"c.wrap_socket(s)")
	require.NoError(t, err)
	for out := ""; out != "connected\r\n"; {
		piece, err := p.Output(t.Context())
		require.NoError(t, err)
		out += string(piece)
	}
	require.NoError(t, r.Interrupt(t.Context()))
	var raised *repl.PythonError
	require.ErrorAs(t, p.Wait(t.Context()), &raised)
	require.Equal(t, "KeyboardInterrupt", raised.Type)

	require.ErrorAs(t, r.Exec(t.Context(), code+"s.settimeout(0.05)\nc.wrap_socket(s)", nil), &raised)
	require.Equal(t, "OSError", raised.Type)
	require.Equal(t, 110, *raised.Errno)
	require.Equal(t, "2", run(t, r, "s.close()\nprint(1 + 1)"))
}

// The handshake waits for the program, which the server sees; closing the board ends it.
func TestABoardWhoseProgramJudgesACertificateForEverIsClosedAllTheSame(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", nil)
	r := talk(t, b)
	l, host, err := b.Listen(t.Context(), "main")
	require.NoError(t, err)
	defer l.Close()
	authority, err := certs.New(time.Now())
	require.NoError(t, err)
	config, err := authority.Config(plan.TLS{Cert: "valid"}, nil, host)
	require.NoError(t, err)
	shaken := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			err = tls.Server(c, config).HandshakeContext(context.Background())
			_ = c.Close()
		}
		shaken <- err
	}()
	p, err := r.Start(t.Context(), fmt.Sprintf(`
import socket, tls
s = socket.socket(); s.connect((%q, %d))
c = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
c.verify_mode = tls.CERT_OPTIONAL
def judge(cert, depth):
  print('judging')
  while True: pass
c.verify_callback = judge
c.wrap_socket(s, server_hostname=%q)`, host, l.Addr().(*net.TCPAddr).Port, host))
	require.NoError(t, err)
	_, err = p.Output(t.Context())
	require.NoError(t, err)
	require.Empty(t, shaken)
	require.NoError(t, b.Close())
	require.Error(t, <-shaken)
}
