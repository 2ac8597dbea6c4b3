package fakeapi

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// version09 is a request line without a version (RFC 1945 4.1, a Simple-Request).
const version09 = "0.9"

// A requestLine is a request line taken apart.
type requestLine struct {
	text, method, target, version string
	simple                        bool // no version was written
}

// parseRequestLine reads a request line strictly (RFC 9112 3). Spaces in a URL
// are the usual way to break one, so the sentence says so.
func parseRequestLine(text string) (requestLine, *problem) {
	words := strings.Split(text, " ")
	bad := func(why string) (requestLine, *problem) {
		return requestLine{text: text}, &problem{http.StatusBadRequest, fmt.Sprintf("the request line %q %s", clip([]byte(text)), why)}
	}
	version, named := strings.CutPrefix(words[len(words)-1], "HTTP/")
	switch {
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return bad("holds a control character")
	case len(words) == 2 && isTokens(words[0]) && words[1] != "" && !namesVersion([]byte(text)):
		return requestLine{text, words[0], words[1], version09, true}, nil
	case !named && namesVersion([]byte(text)):
		return bad("writes HTTP in small letters")
	case !named:
		return bad("does not end in HTTP/1.0 or HTTP/1.1; a space or line break in the URL does that")
	case len(version) != 3 || !isDigit(version[0]) || version[1] != '.' || !isDigit(version[2]):
		return bad("has a version that is not digit, dot, digit")
	case len(words) > 3:
		return bad("holds a space in its URL, which must be written %20")
	case len(words) < 3 || words[1] == "":
		return bad("has no URL")
	case !isTokens(words[0]):
		return bad("has a method that is not a token")
	}
	return requestLine{text, words[0], words[1], version, false}, nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// parse reads a request's head as strictly as a server should that wants its
// clients to be right. head begins with
// the request line; what is refused here gets a 400 unless said otherwise. A
// personality has judged by itself what depends on the version.
func parse(head []byte, line requestLine, f *framing, judged bool) (*http.Request, *problem) {
	if line.simple {
		head = []byte(line.method + " " + line.target + " HTTP/1.0\r\n\r\n")
	}
	if p := cmp.Or(
		checkTarget(line),
		checkFieldLines(head),
		checkHost(line, f.fields, judged),
		checkFraming(line, f, judged),
		checkExpect(line, f.fields),
	); p != nil {
		return nil, p
	}
	r, err := asRequest(line, f.fields)
	if err != nil {
		return nil, &problem{http.StatusBadRequest, fmt.Sprintf("the request to %q cannot be read: %v", clip([]byte(line.target)), err)}
	}
	return r, nil
}

// asRequest is a head that has passed the checks as net/http has it; the body comes
// later. net/http's own parser would do everything twice.
func asRequest(line requestLine, fields [][2]string) (*http.Request, error) {
	u, err := url.ParseRequestURI(line.target)
	if err != nil {
		return nil, err
	}
	r := &http.Request{
		Method: line.method, URL: u, RequestURI: line.target, Host: u.Host,
		Proto: "HTTP/" + line.version, ProtoMajor: int(line.version[0] - '0'), ProtoMinor: int(line.version[2] - '0'),
		Header: make(http.Header, len(fields)),
	}
	for _, f := range fields {
		name := textproto.CanonicalMIMEHeaderKey(f[0])
		if name != "Host" {
			r.Header[name] = append(r.Header[name], f[1])
		} else if r.Host == "" { // what the target says counts (RFC 9112 3.2.2)
			r.Host = f[1]
		}
	}
	return r, nil
}

// checkFieldLines refuses what would be read differently by different servers.
func checkFieldLines(head []byte) *problem {
	bad := func(line []byte, why string) *problem {
		return &problem{http.StatusBadRequest, fmt.Sprintf("the field %q %s", clip(line), why)}
	}
	_, at := cutLine(head, 0)
	for {
		line, next := cutLine(head, at)
		if next < 0 || len(line) == 0 {
			return nil
		}
		at = next
		name, value, colon := bytes.Cut(line, []byte(":"))
		switch {
		case line[0] == ' ' || line[0] == '\t':
			return bad(line, "continues the one before it, which RFC 9112 5.2 forbids")
		case !colon:
			return bad(line, "has no colon")
		case len(name) > 0 && (name[len(name)-1] == ' ' || name[len(name)-1] == '\t'):
			return bad(line, "has a space before its colon, which RFC 9112 5.1 forbids")
		case !isTokens(string(name)):
			return bad(line, "has a name that is not a token")
		case bytes.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			return bad(line, "holds a control character")
		}
	}
}

// checkHost holds a request to RFC 9112 3.2.
func checkHost(line requestLine, fields [][2]string, judged bool) *problem {
	hosts := values(fields, "Host")
	switch {
	case len(hosts) > 1:
		return &problem{http.StatusBadRequest, fmt.Sprintf("the request has %d Host fields", len(hosts))}
	case len(hosts) == 0 && !judged && line.version != "1.0" && line.version != version09:
		return &problem{http.StatusBadRequest, "the request has no Host field, which HTTP/1.1 requires (RFC 9112 3.2)"}
	case len(hosts) == 1 && strings.ContainsAny(hosts[0], " \t,/?#@\\"):
		return &problem{http.StatusBadRequest, fmt.Sprintf("the Host field %q is not a host with an optional port", hosts[0])}
	}
	return nil
}

// checkFraming refuses what request smuggling is made of (RFC 9112 6.1, 6.3, 11.2).
func checkFraming(line requestLine, f *framing, judged bool) *problem {
	lengths := values(f.fields, "Content-Length")
	codings := values(f.fields, "Transfer-Encoding")
	bad := func(why string) *problem { return &problem{http.StatusBadRequest, why} }
	switch {
	case len(codings) > 0 && len(lengths) > 0:
		return bad("the request has both Transfer-Encoding and Content-Length: its end would be a matter of opinion")
	case len(codings) > 0 && !judged && (line.version == "1.0" || line.version == version09):
		return bad("the request has Transfer-Encoding, which HTTP/1.0 does not know (RFC 9112 6.1)")
	case len(codings) > 1:
		return bad(fmt.Sprintf("the request has %d Transfer-Encoding fields", len(codings)))
	case len(codings) == 1 && !strings.EqualFold(codings[0], "chunked"):
		return &problem{http.StatusNotImplemented, fmt.Sprintf("the transfer coding %q is not known here: only chunked is", codings[0])}
	case f.fault != nil:
		return bad(f.fault.Error())
	}
	for _, l := range lengths {
		if l != lengths[0] {
			return bad(fmt.Sprintf("the request has two lengths, %q and %q", lengths[0], l))
		}
	}
	return nil
}

// checkExpect knows the one expectation there is (RFC 9110 10.1.1).
func checkExpect(line requestLine, fields [][2]string) *problem {
	for _, e := range values(fields, "Expect") {
		if line.version != "1.0" && !strings.EqualFold(e, "100-continue") {
			return &problem{http.StatusExpectationFailed, fmt.Sprintf("the expectation %q is not known here: only 100-continue is", e)}
		}
	}
	return nil
}

// withBody gives r the body that the framing found.
func withBody(r *http.Request, body []byte) *http.Request {
	r.Body = http.NoBody
	if len(body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	r.ContentLength = int64(len(body))
	r.TransferEncoding = nil
	return r
}
