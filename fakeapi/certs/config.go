package certs

import (
	"crypto/tls"
	"io"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// Config is what a server that is known by these hosts needs to carry out p. Session
// keys go to keys, as Wireshark reads them, unless that is nil.
func (a *Authority) Config(p plan.TLS, keys io.Writer, hosts ...string) (*tls.Config, error) {
	name := p.Cert
	if name == "" {
		name = plan.CertNames()[0]
	}
	kind, err := plan.FindCert(name)
	if err != nil {
		return nil, err
	}
	certificate, err := a.Issue(kind, hosts...)
	if err != nil {
		return nil, err
	}
	lowest, highest := versions[p.MinVersion], versions[p.MaxVersion]
	if lowest == 0 && highest != 0 && highest < tls.VersionTLS12 {
		lowest = tls.VersionTLS10 // where max_version alone asks for less than crypto/tls takes of itself
	}
	return &tls.Config{
		Certificates: []tls.Certificate{certificate},
		MinVersion:   lowest,
		MaxVersion:   highest,
		NextProtos:   []string{"http/1.1"}, // and nothing else is spoken here
		KeyLogWriter: keys,
	}, nil
}

var versions = map[string]uint16{
	"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13,
}
