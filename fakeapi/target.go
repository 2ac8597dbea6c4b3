package fakeapi

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// checkTarget holds a request target to its four forms (RFC 9112 3.2): a path, a
// whole URL, host and port for CONNECT, and * for OPTIONS.
func checkTarget(line requestLine) *problem {
	bad := func(why string) *problem {
		return &problem{http.StatusBadRequest, fmt.Sprintf("the request target %q %s", clip([]byte(line.target)), why)}
	}
	scheme, _, whole := strings.Cut(line.target, "://")
	switch {
	case line.method == http.MethodConnect && isAuthority(line.target):
		return &problem{http.StatusNotImplemented, "CONNECT is for proxies, and this server is none"}
	case line.method == http.MethodConnect:
		return bad("is not the host and port that CONNECT asks for")
	case line.target == "*" && line.method != http.MethodOptions:
		return bad("stands for the server as a whole, which only OPTIONS asks about")
	case strings.Contains(line.target, "#"):
		return bad("has a fragment, which is for the client alone")
	case line.target == "*", line.target[0] == '/':
		return nil
	case whole && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")):
		return checkWhole(line.target, bad)
	case whole:
		return bad("is neither http nor https")
	case isAuthority(line.target):
		return bad("is a host and a port, which only CONNECT asks for")
	}
	return bad("begins with no /")
}

// checkWhole refuses URLs that RFC 9110 4.2 calls invalid, or a trap.
func checkWhole(target string, bad func(why string) *problem) *problem {
	u, err := url.Parse(target)
	switch {
	case err != nil:
		return nil // the parser says it in its own words
	case u.User != nil:
		return bad("has a user in it (RFC 9110 4.2.4)")
	case u.Hostname() == "":
		return bad("names no host (RFC 9110 4.2.1)")
	}
	return nil
}

// isAuthority says whether target is a host and a port, as far as their form goes.
func isAuthority(target string) bool {
	colon := strings.LastIndexByte(target, ':')
	if colon < 1 || colon == len(target)-1 || strings.ContainsAny(target[:colon], "/?#@") {
		return false
	}
	return strings.Trim(target[colon+1:], "0123456789") == ""
}
