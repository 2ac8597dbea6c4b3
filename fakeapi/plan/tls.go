package plan

import (
	"fmt"
	"strings"
	"time"
)

// TLS has the server speak TLS. SCENARIOS: tls: {cert, min_version, max_version,
// close_in_handshake}. The zero TLS is valid for whoever trusts the run's CA.
type TLS struct {
	Cert             string // of a kind that is registered; "" is valid
	MinVersion       string // of TLSVersions; "": what Go's crypto/tls takes, 1.2
	MaxVersion       string // of TLSVersions; "": the highest there is
	CloseInHandshake bool   // close the connection when the client has said hello
}

// TLSVersions are the versions that a server can be held to, the oldest first.
var TLSVersions = []string{"1.0", "1.1", "1.2", "1.3"}

// A CertKind is a way for a certificate to be right or wrong.
type CertKind struct {
	Name string
	Says string // what is wrong with it, for a reader of the documentation

	NotBefore, NotAfter time.Duration // from the start of the run; 0 is valid long before it, and a year after
	Host                string        // the one that it is for; "": the server's own
	SelfSigned          bool          // its own issuer, and nobody's else
	UnknownCA           bool          // issued by a CA that nobody has heard of
}

// certKinds are the kinds there are, the one that is right first.
var certKinds = []CertKind{
	{Name: "valid", Says: "nothing is: the run's CA has issued it for the server's host"},
	{Name: "expired", Says: "it was valid until an hour ago", NotAfter: -time.Hour},
	{Name: "not-yet-valid", Says: "it will be valid in a year", NotBefore: 365 * 24 * time.Hour, NotAfter: 2 * 365 * 24 * time.Hour},
	{Name: "wrong-host", Says: "it is for another host, wrong.invalid", Host: "wrong.invalid"}, // RFC 6761 6.4: nobody's name
	{Name: "self-signed", Says: "no CA has issued it", SelfSigned: true},
	{Name: "unknown-ca", Says: "a CA has issued it that is not the run's", UnknownCA: true},
}

// CertNames lists the names of the kinds.
func CertNames() []string {
	var names []string
	for _, k := range certKinds {
		names = append(names, k.Name)
	}
	return names
}

// FindCert is the kind of that name. Its error is a sentence that says what there is.
func FindCert(name string) (CertKind, error) {
	for _, k := range certKinds {
		if k.Name == name {
			return k, nil
		}
	}
	return CertKind{}, fmt.Errorf("there is no certificate %.40q; there are %s", name, strings.Join(CertNames(), ", "))
}
