// Package certs makes the certificates of a run: a CA that lives as long as the
// run does, and certificates for its servers that are right, or wrong in one way.
//
// Keys are ECDSA on P-256, which is made in a fraction of a millisecond (RSA takes a
// hundred) and which the mbedtls of MicroPython's ports takes. The axTLS of old
// ESP8266 builds knows RSA alone, and cannot talk to these servers.
package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// An Authority is a CA whose key is nowhere but in this process.
type Authority struct {
	now         time.Time
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
}

// life is how long what is right stays right: longer than any run.
const life = 365 * 24 * time.Hour

// longAgo is from when on a certificate is valid, so that it is on a board whose
// clock nobody has set, and shows 1970 or 2000.
var longAgo = time.Date(1970, time.January, 1, 0, 0, 0, 0, time.UTC)

// New makes a CA. Validity counts from now.
func New(now time.Time) (*Authority, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	// The serial number is in the name, so that no two CAs have the same: a client
	// that finds an issuer by name would blame the signature.
	serial := newSerial()
	certificate, err := sign(&x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "Espy CA " + serial.Text(36)},
		NotBefore:             longAgo,
		NotAfter:              now.Add(life),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, nil, key, key)
	if err != nil {
		return nil, err
	}
	return &Authority{now: now, key: key, certificate: certificate}, nil
}

// DER is the CA's certificate as MicroPython's ssl takes it, as cadata, on every port.
func (a *Authority) DER() []byte { return a.certificate.Raw }

// PEM is the CA's certificate as curl and browsers take it.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// Issue makes a certificate of that kind for a server that is known by these hosts:
// names, or IP addresses.
func (a *Authority) Issue(kind plan.CertKind, hosts ...string) (tls.Certificate, error) {
	key, err := newKey()
	if err != nil {
		return tls.Certificate{}, err
	}
	issuer, issuerKey := a.certificate, a.key
	if kind.UnknownCA {
		other, err := New(a.now)
		if err != nil {
			return tls.Certificate{}, err
		}
		issuer, issuerKey = other.certificate, other.key
	}
	if kind.Host != "" {
		hosts = []string{kind.Host}
	}
	leaf := a.leaf(kind, hosts)
	if kind.SelfSigned {
		issuer, issuerKey = nil, key
	}
	certificate, err := sign(leaf, issuer, key, issuerKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{certificate.Raw}, PrivateKey: key, Leaf: certificate}, nil
}

// leaf is what a certificate of that kind says.
func (a *Authority) leaf(kind plan.CertKind, hosts []string) *x509.Certificate {
	leaf := &x509.Certificate{
		SerialNumber: newSerial(),
		Subject:      pkix.Name{CommonName: hosts[0]},
		NotBefore:    longAgo,
		NotAfter:     a.now.Add(life),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		// An address stands here as a name too: mbedtls before 3.5 looks at names alone,
		// whatever the client has connected to. Others look at IPAddresses for it.
		DNSNames:              hosts,
		BasicConstraintsValid: true,
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		}
	}
	if kind.NotBefore != 0 {
		leaf.NotBefore = a.now.Add(kind.NotBefore)
	}
	if kind.NotAfter != 0 {
		leaf.NotAfter = a.now.Add(kind.NotAfter)
	}
	return leaf
}

// sign makes a certificate of template; without an issuer it signs itself.
func sign(template, issuer *x509.Certificate, key, issuerKey *ecdsa.PrivateKey) (*x509.Certificate, error) {
	if issuer == nil {
		issuer = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, &key.PublicKey, issuerKey)
	if err != nil {
		return nil, fmt.Errorf("making the certificate of %s: %w", template.Subject.CommonName, err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate of %s: %w", template.Subject.CommonName, err)
	}
	return certificate, nil
}

func newKey() (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	return key, nil
}

// newSerial is 64 bits of chance (crypto/rand never fails).
func newSerial() *big.Int {
	var b [8]byte
	rand.Read(b[:])
	b[0] &= 0x7f
	b[7] |= 1 // never 0, RFC 5280 4.1.2.2
	return new(big.Int).SetBytes(b[:])
}
