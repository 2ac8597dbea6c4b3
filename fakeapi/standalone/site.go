package standalone

import (
	"fmt"
	"io"
	"net"
	"strconv"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// A site is what a user is told of a server when it begins.
type site struct {
	doors  []door
	port   int
	words  plan.Words
	cert   string // "": plain HTTP
	ca     []byte // PEM
	caFile string
	admin  string // URL of the page
}

// newSite is the site of a server that listens at a. Where the networks of the
// machine cannot be told, so much is known of it as the address says.
func newSite(a *net.TCPAddr, p plan.Server) *site {
	ip := a.AddrPort().Addr().Unmap()
	var on []network
	if !ip.IsLoopback() {
		on, _ = networks()
	}
	return &site{doors: doors(ip, on), port: a.Port, words: plan.WordsOf(p)}
}

func (s *site) hosts() []string { return hosts(s.doors) }

// url is how the first door is asked.
func (s *site) url() string { return s.through(s.doors[0]) }

func (s *site) through(d door) string {
	scheme := "http://"
	if s.cert != "" {
		scheme = "https://"
	}
	return scheme + net.JoinHostPort(d.host, strconv.Itoa(s.port))
}

// announce says where the server is, and to whom it is open.
func (s *site) announce(w io.Writer) {
	for _, d := range s.doors {
		fmt.Fprintf(w, "serving %s, open to %s\n", s.through(d), d.openTo)
	}
	fmt.Fprintf(w, "        %s\n", s.words)
	if s.cert != "" {
		fmt.Fprintf(w, "        TLS with a certificate that is %s\n", s.cert)
	}
	switch {
	case s.caFile != "":
		fmt.Fprintf(w, "        the CA's certificate is in %s\n", s.caFile)
	case s.cert != "" && s.admin != "":
		fmt.Fprintf(w, "        the CA's certificate: %s/api/ca.pem\n", s.admin)
	case s.cert == "valid":
		fmt.Fprintf(w, "        nobody can verify it: --ca FILE writes the CA's certificate\n")
	}
	if s.admin != "" {
		fmt.Fprintf(w, "        admin page: %s\n", s.admin)
	}
}
