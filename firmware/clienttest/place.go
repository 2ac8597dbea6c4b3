package clienttest

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// A Place is what a URL says of a request.
type Place struct {
	TLS       bool
	Authority string // with its port, unless that is the scheme's own
	Target    string
}

func (p Place) origin() string { return fmt.Sprint(p.TLS, lower(p.Authority)) }

// parse reads a URL, or a reference to one, as net/url does, once what no URI may hold is
// percent-encoded (RFC 3986 2.1), and without its fragment.
func parse(raw string) (*url.URL, error) {
	for i := range len(raw) {
		if raw[i] < 32 || raw[i] == 127 {
			return nil, errors.New("a control character")
		}
	}
	raw, _, _ = strings.Cut(raw, "#")
	var out strings.Builder
	for i := range len(raw) {
		c := raw[i]
		if c > 126 || strings.IndexByte(` "<>\^`+"`{|}", c) >= 0 || c == '%' && !encodes(raw[i:]) {
			fmt.Fprintf(&out, "%%%02X", c)
		} else {
			out.WriteByte(c)
		}
	}
	u, err := url.Parse(out.String())
	if err != nil && !hasScheme(raw) && !strings.HasPrefix(raw, "//") {
		u, err = url.Parse("./" + out.String()) // a colon in its first segment (RFC 3986 4.2)
	}
	return u, err
}

func encodes(text string) bool {
	if len(text) < 3 {
		return false
	}
	_, err := strconv.ParseUint(text[1:3], 16, 8)
	return err == nil && text[1] != '+' && text[1] != '-'
}

func hasScheme(text string) bool {
	scheme, _, ok := strings.Cut(text, ":")
	if !ok || scheme == "" || scheme[0] < 'A' {
		return false
	}
	return strings.Trim(lower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// place is where an absolute URL leads, if that is anywhere that a redirect may lead.
func place(u *url.URL) (Place, error) {
	p := Place{TLS: u.Scheme == "https", Authority: u.Host}
	usual := map[string]int{"http": 80, "https": 443}[u.Scheme]
	if usual == 0 || u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return p, errors.New("not http://host")
	}
	if strings.Trim(u.Hostname(), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=") != "" && !strings.HasPrefix(u.Host, "[") {
		return p, errors.New("no host name")
	}
	if strings.HasPrefix(u.Host, "[") && (strings.Trim(lower(u.Hostname()), "0123456789abcdef:.") != "" || !strings.Contains(u.Hostname(), ":")) {
		return p, errors.New("no IPv6 address")
	}
	number := usual
	if digits := u.Port(); digits != "" {
		var err error
		if number, err = strconv.Atoi(digits); err != nil || number < 1 || number > 65535 {
			return p, errors.New("no port")
		}
	}
	if number == usual {
		p.Authority = strings.TrimSuffix(strings.TrimSuffix(u.Host, u.Port()), ":")
	}
	p.Target = u.EscapedPath()
	if p.Target == "" {
		p.Target = "/"
	}
	if u.RawQuery != "" || u.ForceQuery {
		p.Target += "?" + u.RawQuery
	}
	return p, nil
}
