package echo

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

func headers(r *Request, _ string) Answer {
	return says(struct {
		Headers object `json:"headers"`
	}{fields(r.Fields)})
}

// anything is the whole request.
func anything(r *Request, _ string) Answer {
	form, files := forms(r)
	a := struct {
		Args    object          `json:"args"`
		Data    string          `json:"data"`
		Files   object          `json:"files"`
		Form    object          `json:"form"`
		Headers object          `json:"headers"`
		JSON    json.RawMessage `json:"json"` // null where the body is none
		Method  string          `json:"method"`
		URL     string          `json:"url"`
		Version string          `json:"version"` // of HTTP
	}{
		Args: pairs(query(r)), Files: pairs(files), Form: pairs(form), Headers: fields(r.Fields),
		Method: r.Method, URL: r.Base + r.URL.RequestURI(), Version: r.Version,
	}
	if form == nil && files == nil {
		a.Data = printable(r.Body)
	}
	if json.Valid(r.Body) {
		a.JSON = r.Body
	}
	return says(a)
}

// printable is b as text, or as a data URL where it is none (RFC 2397).
func printable(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return "data:application/octet-stream;base64," + base64.StdEncoding.EncodeToString(b)
}

// forms reads the body as the form that it says it is; both are nil where it says
// nothing of the kind, or is not.
func forms(r *Request) (form, files [][2]string) {
	kind, parameters, _ := mime.ParseMediaType(r.header().Get("Content-Type")) // of a type that is none nothing is said
	switch kind {
	case "application/x-www-form-urlencoded":
		return split(string(r.Body)), nil
	case "multipart/form-data":
		parts := multipart.NewReader(bytes.NewReader(r.Body), parameters["boundary"])
		for p, err := parts.NextPart(); ; p, err = parts.NextPart() {
			if err == io.EOF {
				return form, files
			} else if err != nil {
				return nil, nil
			}
			content, _ := io.ReadAll(p) // what is missing at its end is missing at the next part's beginning
			if p.FileName() != "" {
				files = append(files, [2]string{p.FormName(), printable(content)})
			} else {
				form = append(form, [2]string{p.FormName(), printable(content)})
			}
		}
	}
	return nil, nil
}

// header is r's fields, as net/http has them.
func (r *Request) header() http.Header {
	h := http.Header{}
	for _, f := range r.Fields {
		h.Add(f[0], f[1])
	}
	return h
}

// query is the query's pairs, in the order that they were sent in.
func query(r *Request) [][2]string { return split(r.URL.RawQuery) }

// split takes a query apart; a part that is not well formed stays as it is.
func split(query string) (all [][2]string) {
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		var p [2]string
		p[0], p[1], _ = strings.Cut(pair, "=")
		for i := range p {
			if u, err := url.QueryUnescape(p[i]); err == nil {
				p[i] = u
			}
		}
		all = append(all, p)
	}
	return all
}

func delay(r *Request, rest string) Answer {
	wait, bad := duration("the delay", rest)
	if bad != nil {
		return *bad
	}
	a := anything(r, rest)
	a.Wait = wait
	return a
}

func cookies(r *Request, _ string) Answer {
	sent := [][2]string{}
	for _, c := range (&http.Request{Header: r.header()}).Cookies() {
		sent = append(sent, [2]string{c.Name, c.Value})
	}
	return says(struct {
		Cookies object `json:"cookies"`
	}{pairs(sent)})
}

func setCookies(r *Request, _ string) Answer {
	a := located("/cookies", http.StatusFound)
	for _, c := range query(r) {
		set := http.Cookie{Name: c[0], Value: c[1], Path: "/"}
		if err := set.Valid(); err != nil {
			return wrong(http.StatusBadRequest, "%.40q cannot be a cookie: %v", c[0]+"="+c[1], err)
		}
		a.Headers = append(a.Headers, [2]string{"Set-Cookie", set.String()})
	}
	return a
}

// basicAuth wants the user and password of the path (RFC 7617).
func basicAuth(r *Request, rest string) Answer {
	user, password, both := strings.Cut(rest, "/")
	if !both || user == "" {
		return wrong(http.StatusBadRequest, "the path is /basic-auth/USER/PASSWORD, and is %.40q", r.URL.Path)
	}
	sent := http.Request{Header: r.header()}
	gotUser, gotPassword, given := sent.BasicAuth()
	if given && gotUser == user && gotPassword == password {
		return says(struct {
			Authenticated bool   `json:"authenticated"`
			User          string `json:"user"`
		}{true, user})
	}
	why := "no user and password were sent"
	if given {
		why = "the user or password is another"
	}
	a := wrong(http.StatusUnauthorized, "%s", why)
	a.Headers = [][2]string{{"WWW-Authenticate", realm}}
	return a
}

// realm is a challenge (RFC 7617 2.1).
const realm = `Basic realm="fake API", charset="UTF-8"`
