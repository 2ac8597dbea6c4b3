package fakeapi

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// A framing follows one request through a growing buffer and finds where its
// parts end. It is lenient: it takes bare LF for a line's end (RFC 9112 2.2),
// reads fields that the strict parse refuses, and gives up, with a fault, only
// where nothing can be known any more. It is told of new bytes by follow, always
// with the whole buffer from the request's first byte on.
type framing struct {
	start  int         // of the request line, behind empty lines (RFC 9112 2.2)
	head   int         // end of the head; 0 until it is there
	end    int         // end of the request; 0 until it is known
	fault  error       // why the end can never be known
	line   string      // the request line, once the head is there
	fields [][2]string // in the order and case as sent, once the head is there

	length  int64 // of a body with Content-Length
	chunked bool
	simple  bool   // the request line names no version
	body    []byte // of a chunked body, as far as it is decoded

	scan  int // where follow goes on
	lines int // lines of the head, or bytes of the trailer, seen so far
	state chunkState
	left  int64 // bytes of the current chunk that are still to come
}

type chunkState int

const (
	chunkSize chunkState = iota
	chunkData
	chunkEnd
	chunkTrailer
)

// Limits on what stands between the chunks. RFC 9112 7.1.1 asks for one on
// extensions; net/http allows 4 KiB, and no board sends any.
const (
	maxChunkLine = 4 << 10
	maxTrailer   = 8 << 10
	maxChunkHex  = 15 // digits that fit an int64
)

// complete says that nothing more can be learnt from further bytes.
func (f *framing) complete() bool { return f.end > 0 || f.fault != nil }

// endless says that whatever else comes on the connection belongs to this request:
// its end cannot be known, or it is of a version that knows no second one.
func (f *framing) endless() bool { return f.fault != nil || f.simple }

// follow takes in what b has gained since the last call.
func (f *framing) follow(b []byte) {
	if f.complete() {
		return
	}
	if f.head == 0 {
		f.followHead(b)
	}
	if f.head == 0 || f.complete() {
		return
	}
	switch {
	case f.chunked:
		for !f.complete() && f.followChunk(b) {
		}
	case int64(len(b)-f.head) >= f.length:
		f.end = f.head + int(f.length)
	}
}

func (f *framing) followHead(b []byte) {
	for f.lines == 0 && f.start < len(b) && (b[f.start] == '\r' || b[f.start] == '\n') {
		f.start++
		f.scan = f.start
	}
	if f.start < len(b) && !isToken(b[f.start]) {
		f.fault = errNotHTTP
		if b[f.start] == tlsHandshake {
			f.fault = errTLS
		}
		return
	}
	for f.head == 0 {
		line, next := cutLine(b, f.scan)
		if next < 0 {
			return
		}
		f.scan = next
		f.lines++
		f.simple = f.simple || f.lines == 1 && isSimple(line)
		if len(line) == 0 || f.simple {
			f.head = next
		}
	}
	f.line, f.fields = splitHead(b[f.start:f.head])
	f.measure()
}

// tlsHandshake is the first byte of a TLS ClientHello (RFC 8446 5.1).
const tlsHandshake = 0x16

var (
	errTLS     = errors.New("the client speaks TLS, and this server plain HTTP")
	errNotHTTP = errors.New("the first byte cannot begin a method")
)

// isSimple says whether a request line is a Simple-Request of HTTP/0.9 (RFC 1945
// 4.1), or less than that: no fields follow it.
func isSimple(line []byte) bool { return bytes.Count(line, []byte(" ")) < 2 && !namesVersion(line) }

// namesVersion says whether a request line ends in a version.
func namesVersion(line []byte) bool {
	last := line[bytes.LastIndexByte(line, ' ')+1:]
	return len(last) >= 5 && strings.EqualFold(string(last[:5]), "HTTP/")
}

// measure finds out how the body is framed (RFC 9112 6.3).
func (f *framing) measure() {
	coding, hasCoding := lastValue(f.fields, "Transfer-Encoding")
	length, hasLength := firstValue(f.fields, "Content-Length")
	switch {
	case hasCoding:
		last := coding[strings.LastIndexByte(coding, ',')+1:]
		if f.chunked = strings.EqualFold(strings.TrimSpace(last), "chunked"); !f.chunked {
			f.fault = errors.New("Transfer-Encoding " + strconv.Quote(coding) + " does not end in chunked")
		}
	case hasLength:
		n, err := strconv.ParseUint(length, 10, 62)
		if err != nil {
			f.fault = errors.New("Content-Length " + strconv.Quote(length) + " is not a number of bytes")
		}
		f.length = int64(n)
	}
	f.scan = f.head
	f.lines = 0
}

// followChunk takes one step through a chunked body (RFC 9112 7.1) and says
// whether there may be another.
func (f *framing) followChunk(b []byte) bool {
	if f.state == chunkData {
		n := min(f.left, int64(len(b)-f.scan))
		f.body = append(f.body, b[f.scan:f.scan+int(n)]...)
		f.scan += int(n)
		if f.left -= n; f.left > 0 {
			return false
		}
		f.state = chunkEnd
	}
	line, next := cutLine(b, f.scan)
	if next < 0 {
		if len(b)-f.scan > maxChunkLine {
			f.fault = errors.New("a line between the chunks does not end")
		}
		return false
	}
	f.scan = next
	switch f.state {
	case chunkSize:
		f.beginChunk(line)
	case chunkEnd:
		if len(line) > 0 {
			f.fault = errors.New("a chunk is followed by " + strconv.Quote(clip(line)) + " and not by a line break")
		}
		f.state = chunkSize
	case chunkTrailer:
		f.lines += len(line) + 2
		if len(line) == 0 {
			f.end = next
		} else if f.lines > maxTrailer {
			f.fault = errors.New("the trailer is too long")
		}
	}
	return true
}

func (f *framing) beginChunk(line []byte) {
	size, _, _ := bytes.Cut(line, []byte(";"))
	size = bytes.TrimRight(size, " \t")
	n, err := strconv.ParseUint(string(size), 16, 63)
	if err != nil || len(size) > maxChunkHex {
		f.fault = errors.New("chunk size " + strconv.Quote(clip(line)) + " is not a hexadecimal number")
		return
	}
	f.left = int64(n)
	f.state = chunkData
	if n == 0 {
		f.state = chunkTrailer
	}
}

// announced is how long the body is at least, as far as the client has said.
func (f *framing) announced() int64 {
	if f.chunked {
		return int64(len(f.body)) + f.left
	}
	return f.length
}

// content is the body as far as it is in b, decoded.
func (f *framing) content(b []byte) []byte {
	switch {
	case f.head == 0:
		return nil
	case f.chunked:
		return f.body
	case f.end > 0:
		return b[f.head:f.end]
	}
	return b[f.head:]
}

// cutLine returns the line of b at from, without its end, and where the next one
// begins, or -1 if the line has no end yet.
func cutLine(b []byte, from int) (line []byte, next int) {
	i := bytes.IndexByte(b[from:], '\n')
	if i < 0 {
		return nil, -1
	}
	return bytes.TrimSuffix(b[from:from+i], []byte("\r")), from + i + 1
}

// clip shortens a line for an error message.
func clip(line []byte) string {
	const most = 40
	if len(line) > most {
		return string(line[:most]) + "…"
	}
	return string(line)
}
