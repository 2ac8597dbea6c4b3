package admin

import (
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// guard keeps out whatever is not the page itself, or a program of the person at
// this machine.
//
// A page of a stranger, open in the same browser, can have requests sent here. It
// comes by a name of its own that is made to resolve to the loopback address (DNS
// rebinding): so the Host must be a loopback one. Or it comes across origins: so
// Origin, where there is one, must be the page's own, and Sec-Fetch-Site not say
// otherwise. What changes something must be sent as JSON besides, which no form
// does.
func guard(own net.Addr, next http.Handler) http.Handler {
	_, port, _ := net.SplitHostPort(own.String())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		switch {
		case !isLoopback(r.Host, port):
			fail(w, http.StatusForbidden, "this page is asked for by a loopback address, and by no other name")
		case r.Header.Get("Origin") != "" && r.Header.Get("Origin") != "http://"+r.Host:
			fail(w, http.StatusForbidden, "this page answers no other one")
		case crosses(r.Header.Get("Sec-Fetch-Site")):
			fail(w, http.StatusForbidden, "this page answers no other one")
		case changes(r.Method) && !isJSON(r.Header.Get("Content-Type")):
			fail(w, http.StatusUnsupportedMediaType, "what is to be changed is sent as application/json")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// protect tells the browser that the page is made of its own files alone, and
// belongs into no other.
func protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// isLoopback says whether a Host field names this machine, and the page's port. The
// port of http is left out (RFC 9110 4.2.1).
func isLoopback(host, port string) bool {
	if port == "80" && !strings.HasSuffix(host, ":80") {
		host += ":80"
	}
	name, given, err := net.SplitHostPort(host)
	if err != nil || given != port {
		return false
	}
	ip, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && ip.IsLoopback()
}

// crosses says whether a browser says that another site is behind a request; none
// is a person who has typed the address.
func crosses(site string) bool { return site != "" && site != "same-origin" && site != "none" }

func changes(method string) bool { return method != http.MethodGet && method != http.MethodHead }

func isJSON(kind string) bool {
	kind, _, err := mime.ParseMediaType(kind)
	return err == nil && kind == "application/json"
}
