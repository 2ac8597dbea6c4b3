// Package clienttest works out, apart from the client and without a board, what the client
// must do: which bytes it sends on which connection, how far it reads, what its program sees.
//
// Its sources are docs/client.md and the RFCs that are named there, its means Go's own: net/url
// resolves, compress/* decode. It is compared with the client on a board, reply by reply.
// It is no test file because Go's fuzzer looks for new paths only through what is none: it
// cannot see into the board, but it can see which rule a reply was judged by.
//
//	Call --World.Do--> requests --Request.Bytes--> Turn: what a connection must have got
//	                      ^            |
//	   redirect, version, |            v
//	   stale connection   '------- Scripted --Read--> Reply --Seen--> what the program sees
package clienttest

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// Kinds of errors, by the name of their class.
const (
	RequestError     = "RequestError"
	Timeout          = "Timeout"
	ProtocolError    = "ProtocolError"
	IncompleteRead   = "IncompleteRead"
	TooLarge         = "TooLarge"
	TooManyRedirects = "TooManyRedirects"
	ValueError       = "ValueError"
)

// An End is what a server does with a connection after the last byte of a reply.
type End int

const (
	Close  End = iota // end it
	Stay              // leave it open, and say nothing until the next request
	Reset             // reset it
	Vanish            // leave it open; the next request is taken, and the connection ended
	Abort             // leave it open; the next request cannot be written
	Ends              // how many there are
)

// Limits of docs/client.md.
const (
	maxLine    = 4 << 10
	maxHead    = 8 << 10
	maxFields  = 64
	maxInterim = 8
	maxChunk   = 1 << 10
	maxBody    = 1<<30 - 1
)

// Terms are what of a request decides how its reply is read.
type Terms struct {
	Head    bool // it is a HEAD
	Upgrade bool // it asks for another protocol
	MaxBody int  // or -1
}

// A Reply is what a client makes of the bytes that a server has sent.
type Reply struct {
	Status  int
	Reason  string
	Version string // "1.1"
	Fields  [][2]string

	// Errors are the kinds of which reading it raises one. Mostly there is one kind; there
	// are two where a line is broken and the rest of its head never comes: then the client
	// may wait for that in vain.
	Errors []string
	InHead bool   // they are raised before there is a Response
	Body   []byte // as far as it came, in its coding
	HeadAt int    // where the head ends
	EndAt  int    // where the reply ends: what follows was not asked for
	NoBody bool   // the head is all of it
	Chunks bool
	Lasts  bool // until the connection ends
	Keeps  bool // the server lets the connection serve again
}

// wire is a connection from which a reply is read.
type wire struct {
	data []byte
	at   int
	end  End
}

// ending is the error of who waits for more at the end of what comes; cut is that of a
// connection which has ended.
func (w *wire) ending(cut string) string {
	switch w.end {
	case Close:
		return cut
	case Reset:
		return RequestError
	default:
		return Timeout
	}
}

// line is the next line without its end, which is CR LF or LF (9112 2.2).
func (w *wire) line(limit int) (string, string) {
	rest := w.data[w.at:]
	size := bytes.IndexByte(rest, '\n') + 1
	switch {
	case size > limit || size == 0 && len(rest) >= limit:
		return "", TooLarge
	case size == 0:
		w.at = len(w.data)
		return "", w.ending(IncompleteRead)
	}
	w.at += size
	line := strings.TrimSuffix(strings.TrimSuffix(string(rest[:size]), "\n"), "\r")
	if strings.ContainsAny(line, "\r\x00") {
		return "", ProtocolError
	}
	return line, ""
}

var statusLine = regexp.MustCompile(`(?s)^HTTP/(1\.[0-9]) ([1-9])([0-9])([0-9])( .*)?$`)

// Read reads the reply to a request on these terms.
func Read(data []byte, end End, terms Terms) Reply {
	w := &wire{data: data, end: end}
	r := Reply{InHead: true}
	wrong := r.head(w, terms)
	if wrong != "" {
		r.Errors = []string{wrong}
		whole := bytes.Contains(data, []byte("\n\n")) || bytes.Contains(data, []byte("\n\r\n"))
		if also := w.ending(wrong); !whole && also != wrong {
			r.Errors = append(r.Errors, also)
		}
		return r
	}
	r.InHead = false
	r.HeadAt = w.at
	r.Keeps = r.persists()
	r.NoBody = r.NoBody || !r.Chunks && !r.Lasts && r.EndAt == 0
	length := r.EndAt
	r.EndAt = w.at
	if r.NoBody {
		return r
	}
	switch {
	case r.Chunks:
		wrong = r.chunks(w, terms.MaxBody)
	case r.Lasts:
		r.lasting(w, terms.MaxBody)
	default:
		r.EndAt += length
		wrong = r.counted(w, length, terms.MaxBody)
	}
	if wrong != "" {
		r.Errors = append(r.Errors, wrong)
	}
	return r
}

// head reads answers up to the final one (9110 15.2), and finds out how its body is framed:
// EndAt is its length then.
func (r *Reply) head(w *wire, terms Terms) string {
	for range maxInterim + 1 {
		if w.at == len(w.data) {
			return w.ending(RequestError)
		}
		line, wrong := w.line(maxLine)
		if wrong != "" {
			return wrong
		}
		m := statusLine.FindStringSubmatch(line)
		if m == nil {
			return ProtocolError
		}
		r.Version = m[1]
		r.Status = int(m[2][0]-'0')*100 + int(m[3][0]-'0')*10 + int(m[4][0]-'0')
		r.Reason = Text(strings.Trim(m[5], " \t\v\f"))
		if r.Fields, wrong = w.fields(); wrong != "" {
			return wrong
		}
		switch {
		case r.Status == 101 && !terms.Upgrade:
			return ProtocolError
		case r.Status == 101, r.Status > 199 && (terms.Head || r.Status == 204 || r.Status == 304):
			r.NoBody = true
			return ""
		case r.Status > 199:
			return r.frame()
		}
	}
	return ProtocolError
}

// fields reads the lines of a head, or of trailers, up to the empty one.
func (w *wire) fields() ([][2]string, string) {
	var fields [][2]string
	left := maxHead
	for {
		begun := w.at
		line, wrong := w.line(maxLine)
		if wrong != "" || line == "" {
			return fields, wrong
		}
		if left -= w.at - begun; left < 0 {
			return nil, TooLarge
		}
		if strings.ContainsRune(" \t", rune(line[0])) && len(fields) > 0 { // obs-fold (9112 5.2)
			last := &fields[len(fields)-1][1]
			*last = strings.Trim(*last+" "+strings.Trim(line, " \t"), " \t")
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return nil, ProtocolError
		}
		fields = append(fields, [2]string{name, strings.Trim(value, " \t")})
		if len(fields) > maxFields {
			return nil, TooLarge
		}
	}
}

// Each is the values of all fields of a name.
func (r *Reply) Each(name string) (values []string) {
	for _, f := range r.Fields {
		if lower(f[0]) == name {
			values = append(values, f[1])
		}
	}
	return values
}

// Field is the value of all fields of a name, joined (9110 5.3), and whether there is one.
func (r *Reply) Field(name string) (string, bool) {
	values := r.Each(name)
	return strings.Join(values, ", "), values != nil
}

// lower is text in lower case, its ASCII letters alone.
func lower(text string) string {
	out := []byte(text)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] += 'a' - 'A'
		}
	}
	return string(out)
}

// list are the items of a field's value that are not empty, in lower case (9110 5.6.1).
func list(value string) []string {
	var items []string
	for item := range strings.SplitSeq(lower(value), ",") {
		if item = strings.Trim(item, " \t"); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// persists tells whether the server may let the connection serve again (9112 9.3).
func (r *Reply) persists() bool {
	said, _ := r.Field("connection")
	_, coded := r.Field("transfer-encoding")
	_, counted := r.Field("content-length")
	switch {
	case r.Lasts || len(r.Each("connection")) > 1 || slices.Contains(list(said), "close") || r.Status == 101:
		return false
	case r.Version == "1.0":
		return slices.Contains(list(said), "keep-alive") && !coded
	default:
		return !coded || !counted
	}
}
