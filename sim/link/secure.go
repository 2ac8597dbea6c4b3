package link

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// secure is TLS between a socket and its peer: Go's, held to what MicroPython's
// mbedtls does. It knows TLS 1.2, looks at certificates as it is told to, takes a
// connection that breaks off for one that ends, and says no goodbye.
//
//	Python wrap_socket   opSecure, write settings, opHandshake -> 0, or a problem
//	                     opVerified                            -> flags, where the problem is the certificate
type secure struct {
	comes    bool // the next write is settings
	settings settings
	errand   errand // the handshake
	begun    bool
	conn     *tls.Conn
	err      error // of the handshake
	flags    flags
	broken   error // what became of a write that did not end
	judged
}

// settings are "SERVER(0 or 1) VERIFY_MODE CA CERT ASKS(0 or 1) CIPHERS HOST", a line
// end, and then CA bytes of certificates to verify with, CERT bytes of a certificate of
// the board's own, and its key. All are PEM or DER. CIPHERS are names with colons
// between; none: all.
type settings struct {
	server bool
	verify int // certNone …
	host   string
	roots  []*x509.Certificate
	own    []tls.Certificate
	asks   bool // the program judges certificates as well
	suites []uint16
}

// verify_mode, as module tls has it.
const (
	certNone     = 0
	certRequired = 2 // 1, CERT_OPTIONAL, looks and goes on
)

// Problems are mbedtls's, without their sign (mbedtls/ssl.h, x509.h).
const (
	problems       = 0x1000 // all are above, and errnos below
	verifyFailed   = 0x2700 // X509_CERT_VERIFY_FAILED
	invalidRecord  = 0x7200 // SSL_INVALID_RECORD
	connectionEOF  = 0x7280 // SSL_CONN_EOF
	noRoots        = 0x7680 // SSL_CA_CHAIN_REQUIRED
	fatalAlert     = 0x7780 // SSL_FATAL_ALERT_MESSAGE
	handshakeError = 0x6e00 // SSL_HANDSHAKE_FAILURE
)

// flags are what is wrong with a certificate (mbedtls/x509.h).
type flags int

const (
	expired    flags = 1 << 0
	mismatched flags = 1 << 2
	notTrusted flags = 1 << 3
	future     flags = 1 << 9
)

func (flags) Error() string { return "the certificate is refused" }

func (t *secure) set(p []byte) errno.Errno {
	t.comes = false
	line, rest, found := bytes.Cut(p, []byte("\n"))
	fields := bytes.SplitN(line, []byte(" "), 7)
	if !found || len(fields) != 7 {
		return errno.EINVAL
	}
	var numbers [5]int
	for i := range numbers {
		n, err := strconv.Atoi(string(fields[i]))
		if err != nil {
			return errno.EINVAL
		}
		numbers[i] = n
	}
	server, verify, ca, cert := numbers[0], numbers[1], numbers[2], numbers[3]
	if ca+cert > len(rest) {
		return errno.EINVAL
	}
	t.settings = settings{server: server == 1, verify: verify, asks: numbers[4] == 1, host: string(fields[6]), roots: certificates(rest[:ca])}
	var known bool
	if t.settings.suites, known = suites(string(fields[5])); !known {
		return errno.EINVAL
	}
	if cert > 0 {
		pair, err := tls.X509KeyPair(armoured("CERTIFICATE", rest[ca:ca+cert]), armoured("PRIVATE KEY", rest[ca+cert:]))
		if err != nil {
			return errno.EINVAL
		}
		t.settings.own = []tls.Certificate{pair}
	}
	return errno.OK
}

// armoured is PEM of what may be DER.
func armoured(kind string, text []byte) []byte {
	if bytes.Contains(text, []byte("-----BEGIN ")) {
		return text
	}
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: text})
}

// certificates are the ones in text, which is PEM, or in one DER; none that can be read: none.
func certificates(text []byte) []*x509.Certificate {
	if one, err := x509.ParseCertificate(text); err == nil {
		return []*x509.Certificate{one}
	}
	var all []*x509.Certificate
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return all
		}
		if one, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, one)
		}
		text = rest
	}
}

// stream is what the board reads and writes.
func (s *Socket) stream() net.Conn {
	if s.secure != nil && s.secure.conn != nil {
		return s.secure.conn
	}
	return s.conn
}

// controlSecure does what belongs to TLS.
func (s *Socket) controlSecure(w vm.Waiter, operation uint32, argument int64) (int64, errno.Errno) {
	if operation == opSecure {
		s.secure = &secure{comes: true}
		return 0, errno.OK
	}
	if s.secure == nil {
		return 0, errno.EINVAL
	}
	switch operation {
	case opTrusts:
		return int64(len(s.secure.settings.roots)), errno.OK
	case opAlert:
		return s.secure.alert(), errno.OK
	case opVerified:
		return int64(s.secure.flags), errno.OK
	case opCipher, opCiphers, opPeer, opVerdict:
		return s.controlPeer(w, operation, argument)
	}
	e := s.shaken(w)
	if e > problems {
		return int64(e), errno.OK
	}
	return 0, e
}

// shaken sees that the handshake is over, where there is to be one. Its error is an
// errno, or a problem.
func (s *Socket) shaken(w vm.Waiter) errno.Errno {
	t := s.secure
	if t == nil {
		return errno.OK
	}
	if !t.begun {
		if e := s.established(w); e != errno.OK {
			return e
		}
		t.begin(s.conn, s.network.now())
	}
	asks, e := t.errand.awaitOr(w, s.patience(), t.question)
	if asks {
		return asksForVerdict
	}
	if e == errno.ETIMEDOUT {
		t.drop()
		t.err = errTooLate
	}
	if e != errno.OK {
		return e
	}
	return problem(t.err)
}

var errNoRoots = errors.New("there is no certificate to verify with")

var errTooLate = errors.New("the handshake took too long")

// begin begins the handshake, at the time that the board believes it to be.
func (t *secure) begin(conn net.Conn, now time.Time) {
	t.begun = true
	t.judged.open()
	config := &tls.Config{
		MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, // MicroPython builds mbedtls without 1.3
		ServerName: t.settings.host, Certificates: t.settings.own, CipherSuites: t.settings.suites,
		InsecureSkipVerify: true, // VerifyConnection does it, as mbedtls would
		VerifyConnection: func(state tls.ConnectionState) error {
			if t.settings.server || t.settings.verify == certNone {
				return nil
			}
			if t.settings.verify == certRequired && len(t.settings.roots) == 0 {
				return errNoRoots
			}
			var chain []*x509.Certificate
			t.flags, chain = t.settings.look(state.PeerCertificates, now)
			if t.settings.asks {
				if err := t.judged.ask(chain); err != nil {
					return err
				}
			}
			if t.flags != 0 && t.settings.verify == certRequired {
				return t.flags
			}
			return nil
		},
	}
	over := tls.Client(conn, config)
	if t.settings.server {
		over = tls.Server(conn, config)
	}
	t.conn = over
	_ = conn.SetDeadline(time.Time{}) // what waits is the errand's to bound
	t.errand = begin(func() { t.err = over.Handshake() })
}

// look looks at a chain as mbedtls does, and gives all that is wrong with it, and the
// chain as far as it goes, up to one of the roots if it can. The times of all that are in
// it count, the root's too; one that is not valid now leads to its root all the same.
func (s settings) look(chain []*x509.Certificate, now time.Time) (wrong flags, whole []*x509.Certificate) {
	if s.host != "" && chain[0].VerifyHostname(s.host) != nil {
		wrong |= mismatched
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range s.roots {
		roots.AddCert(timeless(c, now))
	}
	for _, c := range chain[1:] {
		between.AddCert(timeless(c, now))
	}
	whole = chain
	found, err := timeless(chain[0], now).Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}, CurrentTime: now,
	})
	if err != nil {
		wrong |= notTrusted
	} else {
		whole = found[0]
	}
	for _, c := range whole {
		wrong |= untimely(c, now)
	}
	return wrong, whole
}

// timeless is a certificate that is valid at some time, whatever it says.
func timeless(c *x509.Certificate, now time.Time) *x509.Certificate {
	copied := *c
	copied.NotBefore, copied.NotAfter = now, now
	return &copied
}

// untimely tells whether a certificate, or the one that a timeless one was made of, is
// not valid at some time.
func untimely(c *x509.Certificate, now time.Time) (wrong flags) {
	if own, err := x509.ParseCertificate(c.Raw); err == nil { // as it was before
		c = own
	}
	if now.After(c.NotAfter) {
		wrong |= expired
	}
	if now.Before(c.NotBefore) {
		wrong |= future
	}
	return wrong
}

// told is the number that the board is told of an error.
func (s *Socket) told(err error) errno.Errno {
	if s.secure != nil {
		return problem(err)
	}
	return fromNet(err)
}

// problem is what mbedtls would have said of an error of Go's.
func problem(err error) errno.Errno {
	var wrong flags
	var record tls.RecordHeaderError
	var told *net.OpError
	var refused verdict
	switch {
	case err == nil:
		return errno.OK
	case errors.As(err, &refused):
		return problemRefused
	case errors.As(err, &wrong):
		return verifyFailed
	case errors.Is(err, errNoRoots):
		return noRoots
	case errors.As(err, &record):
		return invalidRecord
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return connectionEOF
	case errors.As(err, &told) && told.Op == "remote error":
		return fatalAlert
	case errors.As(err, &told):
		return fromNet(err)
	}
	return handshakeError
}

// writeSecure writes in one piece: a write that is broken off would leave TLS where
// nobody can go on.
func (s *Socket) writeSecure(w vm.Waiter, p []byte) (int, errno.Errno) {
	if e := s.shaken(w); e != errno.OK {
		return 0, e
	}
	t := s.secure
	if t.broken != nil {
		return 0, problem(t.broken)
	}
	p = bytes.Clone(p) // the board's memory is its own again after an interrupt
	_ = s.conn.SetWriteDeadline(time.Time{})
	var err error
	writing := begin(func() { _, err = t.conn.Write(p) })
	if e := writing.await(w, s.patience()); e != errno.OK {
		_ = s.conn.SetWriteDeadline(past)
		<-writing.done
		t.broken = io.ErrUnexpectedEOF
		return 0, e
	}
	if err != nil {
		t.broken = err
		return 0, problem(err)
	}
	return len(p), errno.OK
}

// drop ends a handshake that is under way.
func (t *secure) drop() {
	if t == nil || !t.begun {
		return
	}
	t.judged.give(-1)
	_ = t.conn.NetConn().SetDeadline(past)
	<-t.errand.done
}
