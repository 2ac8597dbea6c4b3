package fakeapi

import (
	"bytes"
	"strconv"
	"strings"
)

// Asked is the version that the request line names: "1.1". It is "0.9" where the
// line names none, and "" where that cannot be told.
func (e *Exchange) Asked() string {
	line, problem := parseRequestLine(e.RequestLine)
	if problem != nil {
		if i := strings.LastIndex(e.RequestLine, "HTTP/"); i >= 0 {
			return e.RequestLine[i+len("HTTP/"):]
		}
		return ""
	}
	return line.version
}

// Answered is the version and the status of the reply's status line, of the last
// one where interim ones came before it; "" and 0 where there is none.
func (e *Exchange) Answered() (version string, status int) {
	for rest := e.Reply; ; {
		line, _, _ := bytes.Cut(rest, []byte("\r\n"))
		words := strings.SplitN(string(line[:min(len(line), 100)]), " ", 3)
		named, ok := strings.CutPrefix(words[0], "HTTP/")
		if !ok || len(words) < 2 {
			return version, status
		}
		code, err := strconv.Atoi(words[1])
		if err != nil {
			return version, status
		}
		version, status = named, code
		_, behind, found := bytes.Cut(rest, []byte("\r\n\r\n"))
		if status/100 != 1 || !found {
			return version, status
		}
		rest = behind
	}
}
