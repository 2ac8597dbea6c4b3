package compare

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/espy-hil/espy/hil/result"
)

// An answer is a reply as anybody would read it, for telling what the server sent
// from what the client made of it. A reply that is no HTTP is none.
type answer struct {
	version, code, reason string
	headers               [][2]string
	body                  []byte // its transfer coding taken off
	whole                 bool   // the body is all there
}

// answered is the last reply to a step's requests, interim ones left out; nil where
// there is none.
func answered(method string, wire []result.Exchange) *answer {
	if len(wire) == 0 {
		return nil
	}
	reply := wire[len(wire)-1].Reply
	for {
		a, rest := readHead(reply)
		switch {
		case a == nil:
			return nil
		case strings.HasPrefix(a.code, "1") && a.code != "101":
			reply = rest
			continue
		}
		a.readBody(method, reply)
		return a
	}
}

// readHead reads a status line and header fields.
func readHead(reply []byte) (a *answer, rest []byte) {
	line, rest, ok := cutLine(reply)
	protocol, status, _ := strings.Cut(line, " ")
	version, isHTTP := strings.CutPrefix(protocol, "HTTP/")
	if !ok || !isHTTP {
		return nil, nil
	}
	a = &answer{version: version}
	a.code, a.reason, _ = strings.Cut(status, " ")
	for {
		line, rest, ok = cutLine(rest)
		if !ok || line == "" {
			return a, rest
		}
		name, value, _ := strings.Cut(line, ":")
		a.headers = append(a.headers, [2]string{name, strings.Trim(value, " \t")})
	}
}

// cutLine cuts off a line, read as Latin-1.
func cutLine(b []byte) (line string, rest []byte, ok bool) {
	before, rest, ok := bytes.Cut(b, []byte("\n"))
	return latin1(bytes.TrimSuffix(before, []byte("\r"))), rest, ok
}

// readBody takes the transfer coding off.
func (a *answer) readBody(method string, reply []byte) {
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(reply)), &http.Request{Method: method})
	if err != nil {
		return
	}
	defer response.Body.Close()
	a.body, err = io.ReadAll(response.Body)
	a.whole = err == nil
}

// encoded tells whether the body is in a content coding, and says something else
// than its bytes.
func (a *answer) encoded() bool {
	for _, h := range a.headers {
		if strings.EqualFold(h[0], "content-encoding") {
			return true
		}
	}
	return false
}
