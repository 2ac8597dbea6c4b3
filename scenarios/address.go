package scenarios

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// PortAddress is the port that a board's URL leads to, HOST:PORT, spelt in one way for
// all that lead there: localhost, 127.0.0.2 and [::1] are this computer, capital letters
// are small ones, and whether RFC 2217 is spoken there makes no other port of it.
// Empty: it is no URL of a board.
func PortAddress(url string) string {
	if !portURL.MatchString(url) {
		return ""
	}
	_, at, _ := strings.Cut(url, "://")
	host, port, err := net.SplitHostPort(at)
	number, e := strconv.ParseUint(port, 10, 16)
	if err != nil || e != nil || number == 0 || host == "" {
		return ""
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" {
		host = loopback
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		if host = ip.String(); ip.IsLoopback() || ip.IsUnspecified() {
			host = loopback
		}
	}
	return net.JoinHostPort(host, strconv.FormatUint(number, 10))
}

const loopback = "127.0.0.1"
