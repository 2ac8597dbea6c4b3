package clienttest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Body is what a program gives a request to send.
type Body struct {
	Pieces []string // what it consists of
	Kind   string   // its Content-Type, where it has one by itself
	Sized  bool     // its length is known in either version
	Listed bool     // it is known where it must be: HTTP/1.0 has no chunks (9112 6.1)
	Gone   bool     // it can be sent once
	Stream bool     // it is sent piece by piece
}

// A Call is a request as a program asks for it.
type Call struct {
	Method  string
	URL     string
	Fields  [][2]string
	User    [2]string // of Basic auth, if there is one
	Body    *Body
	Version string // "1.0", "1.1" or "auto"
	MaxBody int    // or -1
	Stays   bool   // redirects are not followed
}

// request is what goes out for a call; a redirect changes it.
type request struct {
	call    Call
	session bool
	method  string
	place   Place
	fields  [][2]string
	auth    string
	body    *Body
	version string
	first   int // bytes that go out in the first write
}

func (q *request) field(name string) (string, bool) {
	for _, f := range q.fields {
		if lower(f[0]) == name {
			return f[1], true
		}
	}
	return "", false
}

func (q *request) terms() Terms {
	_, upgrade := q.field("upgrade")
	return Terms{Head: q.method == "HEAD", Upgrade: upgrade, MaxBody: q.call.MaxBody}
}

// idempotent are the methods that may be repeated (9110 9.2.2).
var idempotent = []string{"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"}

// Bytes are what is sent; a ValueError where the body cannot go with the version.
func (q *request) Bytes() ([]byte, string) {
	var head bytes.Buffer
	add := func(name, value string) { head.WriteString(name + ": " + value + "\r\n") }
	fmt.Fprintf(&head, "%s %s HTTP/%s\r\n", q.method, q.place.Target, q.version)
	if _, ok := q.field("host"); !ok {
		add("Host", q.place.Authority)
	}
	given, hasLength := q.field("content-length")
	for _, f := range q.fields {
		if lower(f[0]) != "content-length" {
			add(f[0], f[1])
		}
	}
	if _, ok := q.field("authorization"); !ok && q.auth != "" {
		add("Authorization", q.auth)
	}
	if _, ok := q.field("content-type"); !ok && q.body != nil && q.body.Kind != "" {
		add("Content-Type", q.body.Kind)
	}
	if _, ok := q.field("connection"); !ok {
		switch {
		case !q.session:
			add("Connection", "close")
		case q.version == "1.0":
			add("Connection", "keep-alive")
		}
	}
	body := ""
	switch b := q.body; {
	case b == nil:
		if slices.Contains([]string{"POST", "PUT", "PATCH"}, q.method) {
			add("Content-Length", "0")
		}
	case b.Sized, b.Listed && q.version == "1.0":
		body = strings.Join(b.Pieces, "")
		add("Content-Length", strconv.Itoa(len(body)))
	case hasLength && b.Stream:
		body = strings.Join(b.Pieces, "")
		add("Content-Length", given)
	case q.version == "1.0":
		return nil, ValueError
	default:
		add("Transfer-Encoding", "chunked")
		for _, piece := range b.Pieces {
			if piece != "" {
				body += fmt.Sprintf("%x\r\n%s\r\n", len(piece), piece)
			}
		}
		body += "0\r\n\r\n"
	}
	head.WriteString("\r\n")
	q.first = head.Len()
	if q.body == nil || !q.body.Stream && len(body) <= 512 {
		q.first += len(body)
	}
	return append(head.Bytes(), body...), ""
}

func basic(user [2]string) string {
	if user == [2]string{} {
		return ""
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user[0]+":"+user[1]))
}

// drop takes away the fields with such names.
func (q *request) drop(such func(name string) bool) {
	q.fields = slices.DeleteFunc(slices.Clone(q.fields), func(f [2]string) bool { return such(lower(f[0])) })
}
