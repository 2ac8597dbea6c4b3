package link

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// Problems that are none of mbedtls's.
const (
	asksForVerdict = 0x1001 // the handshake waits for opVerdict
	problemRefused = 0x1002 // the program has said no
)

// judged is a handshake in which the program has its say on the peer's certificates,
// as verify_callback of MicroPython's SSLContext: it waits for that.
type judged struct {
	chain    []*x509.Certificate // the peer's first
	question chan struct{}
	verdict  chan verdict
	give     func(verdict) // once; what comes later is too late
}

// verdict is what the program has said; 0 is good.
type verdict int

func (v verdict) Error() string { return fmt.Sprintf("the program says %d of a certificate", int(v)) }

func (j *judged) open() {
	j.question = make(chan struct{}, 1)
	j.verdict = make(chan verdict, 1)
	var once sync.Once
	j.give = func(v verdict) { once.Do(func() { j.verdict <- v }) }
}

func (j *judged) ask(chain []*x509.Certificate) error {
	j.chain = chain
	j.question <- struct{}{}
	if v := <-j.verdict; v != 0 {
		return v
	}
	return nil
}

// suiteNames are the cipher suites that there are, by mbedtls's names for them.
var suiteNames = func() map[string]uint16 {
	all := map[string]uint16{}
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		if slices.Contains(s.SupportedVersions, tls.VersionTLS12) {
			all[strings.ReplaceAll(s.Name, "_", "-")] = s.ID
		}
	}
	return all
}()

// suites reads names with colons between.
func suites(names string) (ids []uint16, known bool) {
	if names == "" {
		return nil, true
	}
	for name := range strings.SplitSeq(names, ":") {
		id, ok := suiteNames[name]
		if !ok {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

// alert is the number of the alert (RFC 5246, 7.2) with which the peer has ended the
// handshake. Go gives it no name that is exported.
func (t *secure) alert() int64 {
	var told *net.OpError
	if !t.begun || !t.errand.is() || !errors.As(t.err, &told) {
		return 0
	}
	if v := reflect.ValueOf(told.Err); v.CanUint() {
		return int64(v.Uint())
	}
	return 0
}

// controlPeer does what is asked of a connection's ciphers and the peer's certificates.
func (s *Socket) controlPeer(w vm.Waiter, operation uint32, argument int64) (int64, errno.Errno) {
	t := s.secure
	switch operation {
	case opCiphers:
		var names []string
		for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
			if name := strings.ReplaceAll(suite.Name, "_", "-"); suiteNames[name] != 0 {
				names = append(names, name)
			}
		}
		return w.OpenFile(&text{[]byte(strings.Join(names, ":"))})
	case opVerdict:
		if t.begun {
			t.judged.give(verdict(argument))
		}
		return 0, errno.OK
	case opCipher:
		if !t.begun || !t.errand.is() || t.err != nil {
			return 0, errno.OK
		}
		return w.OpenFile(&text{[]byte(strings.ReplaceAll(tls.CipherSuiteName(t.conn.ConnectionState().CipherSuite), "_", "-"))})
	}
	chain := t.chain // while the handshake waits for a verdict
	if t.begun && t.errand.is() && t.err == nil {
		chain = t.conn.ConnectionState().PeerCertificates
	}
	if argument < 0 || argument >= int64(len(chain)) {
		return 0, errno.OK
	}
	return w.OpenFile(&text{chain[argument].Raw})
}
