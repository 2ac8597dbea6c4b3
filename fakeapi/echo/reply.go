package echo

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const teapot = `
      _____
     |_____|  ___
  __/       \/  /
 |_         |  /
   |        |_/
   |________|     short and stout

`

// status is a reply with a status, with no body, and what a reply with it must
// carry. 1xx is left out: it is not the last reply, and another would have to
// follow.
func status(_ *Request, rest string) Answer {
	code, bad := number("the status", rest, 200, 599)
	if bad != nil {
		return *bad
	}
	a := Answer{Status: code}
	switch code {
	case 301, 302, 303, 307, 308:
		a.Headers = [][2]string{{"Location", "/anything"}}
	case 401:
		a.Headers = [][2]string{{"WWW-Authenticate", realm}} // RFC 9110 15.5.2
	case 405:
		a.Headers = [][2]string{{"Allow", ""}} // RFC 9110 15.5.6
	case 407:
		a.Headers = [][2]string{{"Proxy-Authenticate", realm}} // RFC 9110 15.5.8
	case 418:
		a.Kind, a.Body = "text/plain; charset=utf-8", []byte(teapot)
	case 426:
		a.Headers = [][2]string{{"Upgrade", "HTTP/1.1"}} // RFC 9110 15.5.22
	}
	return a
}

// redirect counts down with whole URLs, as most servers send them.
func redirect(r *Request, rest string) Answer {
	return countdown(r, rest, r.Base+"/redirect/", r.Base+"/anything")
}

// relativeRedirect counts down with references that must be resolved (RFC 3986 5).
func relativeRedirect(r *Request, rest string) Answer {
	return countdown(r, rest, "", "../anything")
}

func countdown(r *Request, rest, next, last string) Answer {
	n, bad := number("the number of redirects", rest, 1, mostItems)
	if bad != nil {
		return *bad
	}
	code, bad := argument(r, "status_code", http.StatusFound, 300, 399)
	if bad != nil {
		return *bad
	}
	query := ""
	if r.URL.RawQuery != "" {
		query = "?" + r.URL.RawQuery
	}
	if n == 1 {
		return located(last, code)
	}
	return located(next+strconv.Itoa(n-1)+query, code)
}

func redirectTo(r *Request, _ string) Answer {
	code, bad := argument(r, "status_code", http.StatusFound, 300, 399)
	if bad != nil {
		return *bad
	}
	to := r.URL.Query().Get("url")
	if to == "" {
		return wrong(http.StatusBadRequest, "?url= says where to, and is missing")
	}
	return located(to, code)
}

// located is a redirect.
func located(to string, code int) Answer {
	a := says(struct {
		Location string `json:"location"`
	}{to})
	a.Status, a.Headers = code, [][2]string{{"Location", to}}
	return a
}

// responseHeaders sends the fields of the query. Those that frame the reply are
// not the client's to choose.
func responseHeaders(r *Request, _ string) Answer {
	asked := query(r)
	a := says(fields(asked))
	for _, f := range asked {
		framing := slices.ContainsFunc([]string{"Content-Length", "Transfer-Encoding", "Connection"}, func(s string) bool { return strings.EqualFold(s, f[0]) })
		if framing || !isName(f[0]) {
			return wrong(http.StatusBadRequest, "%.40q is not a field that can be asked for", f[0])
		}
	}
	a.Headers = asked
	return a
}

// isName says whether s can be the name of a field (RFC 9110 5.6.2).
func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune("\"(),/:;<=>?@[\\]{}", c)
	})
}
