package echo

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	_ "embed"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/espy-hil/espy/fakeapi/plan"
)

func randomBytes(r *Request, rest string) Answer {
	n, bad := number("the number of bytes", rest, 0, mostBytes)
	if bad != nil {
		return *bad
	}
	seed, bad := argument(r, "seed", 0, 0, 1<<31-1)
	if bad != nil {
		return *bad
	}
	var key [32]byte
	binary.LittleEndian.PutUint32(key[:], uint32(seed))
	body := make([]byte, n)
	_, _ = rand.NewChaCha8(key).Read(body) // it never fails
	return Answer{Kind: "application/octet-stream", Body: body}
}

// stream is a line of JSON after the other.
func stream(r *Request, rest string) Answer {
	n, bad := number("the number of lines", rest, 0, mostItems)
	if bad != nil {
		return *bad
	}
	line := struct {
		ID      int    `json:"id"`
		Args    object `json:"args"`
		Headers object `json:"headers"`
		URL     string `json:"url"`
	}{Args: pairs(query(r)), Headers: fields(r.Fields), URL: r.Base + r.URL.RequestURI()}
	return Answer{Kind: "application/json", Stream: func(yield func(plan.Step) bool) {
		for i := range n {
			l := line
			l.ID = i
			if !yield(plan.Step{Bytes: append(says(l).Body, '\n')}) {
				return
			}
		}
	}}
}

// chunked is a number of pieces, each a chunk where there are chunks.
func chunked(r *Request, rest string) Answer {
	n, bad := number("the number of chunks", rest, 0, mostItems)
	if bad != nil {
		return *bad
	}
	size, bad := argument(r, "size", 16, 1, mostBytes/max(n, 1))
	if bad != nil {
		return *bad
	}
	piece := text(size)
	return Answer{Kind: "text/plain; charset=utf-8", Stream: func(yield func(plan.Step) bool) {
		for range n {
			if !yield(plan.Step{Bytes: piece}) {
				return
			}
		}
	}}
}

// drip is a body that comes byte by byte over its duration.
func drip(r *Request, _ string) Answer {
	n, bad := argument(r, "numbytes", 10, 1, mostItems)
	if bad != nil {
		return *bad
	}
	code, bad := argument(r, "code", http.StatusOK, 200, 599)
	if bad != nil {
		return *bad
	}
	waits := map[string]time.Duration{"duration": 2 * time.Second, "delay": 0}
	for name := range waits {
		if given := r.URL.Query().Get(name); given != "" {
			if waits[name], bad = duration(name, given); bad != nil {
				return *bad
			}
		}
	}
	body, pause := text(n), waits["duration"]/time.Duration(n)
	return Answer{
		Status: code, Kind: "application/octet-stream", Wait: waits["delay"], Length: n,
		Stream: func(yield func(plan.Step) bool) {
			for i := range body {
				if pause > 0 && !yield(plan.Step{Wait: pause, Even: i > 0}) || !yield(plan.Step{Bytes: body[i : i+1]}) {
					return
				}
			}
		},
	}
}

// text is so many bytes that are easy to count.
func text(size int) []byte {
	return []byte(strings.Repeat("0123456789abcdef", size/16+1)[:size])
}

func gzipped(r *Request, _ string) Answer {
	return coded("gzip", func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, struct {
		Gzipped bool   `json:"gzipped"`
		Headers object `json:"headers"`
		Method  string `json:"method"`
	}{true, fields(r.Fields), r.Method})
}

// deflated is in the zlib format, which is what the coding's name means (RFC 9110
// 8.4.1.2).
func deflated(r *Request, _ string) Answer {
	return coded("deflate", func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }, struct {
		Deflated bool   `json:"deflated"`
		Headers  object `json:"headers"`
		Method   string `json:"method"`
	}{true, fields(r.Fields), r.Method})
}

// coded is an object in a content coding.
func coded(coding string, writer func(io.Writer) io.WriteCloser, v any) Answer {
	a := says(v)
	var b bytes.Buffer
	w := writer(&b)
	_, _ = w.Write(a.Body) // a buffer takes everything
	_ = w.Close()
	a.Body, a.Headers = b.Bytes(), [][2]string{{"Content-Encoding", coding}}
	return a
}

//go:embed text/utf8.txt
var utf8File []byte

func utf8Text(*Request, string) Answer {
	return Answer{Kind: "text/plain; charset=utf-8", Body: utf8File}
}

//go:embed text/page.html
var pageFile []byte

func page(*Request, string) Answer { return Answer{Kind: "text/html; charset=utf-8", Body: pageFile} }
