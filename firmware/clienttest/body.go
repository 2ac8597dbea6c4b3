package clienttest

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"regexp"
	"strconv"
	"strings"
)

var number = regexp.MustCompile(`^[0-9]+$`)

// frame finds out where the body ends (9112 6.3): EndAt is its length, where it has one.
func (r *Reply) frame() string {
	if coding, ok := r.Field("transfer-encoding"); ok {
		if items := list(coding); len(items) != 1 || items[0] != "chunked" {
			return ProtocolError
		}
		r.Chunks = true
		return ""
	}
	value, ok := r.Field("content-length")
	if !ok {
		r.Lasts = true
		return ""
	}
	items := strings.Split(value, ",")
	for i := range items {
		items[i] = strings.Trim(items[i], " \t")
		if items[i] != items[0] || !number.MatchString(items[i]) {
			return ProtocolError
		}
	}
	length, err := strconv.Atoi(items[0])
	if err != nil || length > maxBody {
		return TooLarge
	}
	r.EndAt = length
	return ""
}

// counted reads a body of known length.
func (r *Reply) counted(w *wire, length, limit int) string {
	r.Body = w.data[w.at:min(w.at+length, len(w.data))]
	switch {
	case limit >= 0 && length > limit:
		r.Body = nil
		return TooLarge
	case len(r.Body) < length:
		return w.ending(IncompleteRead)
	}
	return ""
}

// lasting reads a body that the connection ends.
func (r *Reply) lasting(w *wire, limit int) {
	r.Body = w.data[w.at:]
	r.EndAt = len(w.data)
	if limit >= 0 && len(r.Body) > limit {
		r.Errors = append(r.Errors, TooLarge) // which is seen where a block of it has come
	}
	if wrong := w.ending(""); wrong != "" {
		r.Errors = append(r.Errors, wrong)
	}
}

var chunkLine = regexp.MustCompile(`(?s)^([0-9A-Fa-f]+)[ \t]*(;.*)?$`)

// chunks reads a body in chunks (9112 7.1). White space may stand behind the size.
func (r *Reply) chunks(w *wire, limit int) string {
	for {
		line, wrong := w.line(maxChunk)
		if wrong != "" {
			return wrong
		}
		if digits := strings.TrimLeft(leading(line), "0"); len(digits) > 8 {
			return TooLarge
		} else if n, _ := strconv.ParseUint("0"+digits, 16, 64); n > maxBody {
			return TooLarge
		}
		m := chunkLine.FindStringSubmatch(line)
		if m == nil {
			return ProtocolError
		}
		n, _ := strconv.ParseUint(m[1], 16, 64)
		size := int(n)
		if size == 0 {
			_, wrong := w.fields() // trailers
			r.EndAt = w.at
			return wrong
		}
		if limit >= 0 && len(r.Body)+size > limit {
			return TooLarge
		}
		data := w.data[w.at:min(w.at+size, len(w.data))]
		r.Body = append(r.Body[:len(r.Body):len(r.Body)], data...)
		w.at += len(data)
		if len(data) < size {
			return w.ending(IncompleteRead)
		}
		if wrong := w.lineEnd(); wrong != "" {
			if left := len(w.data) - w.at; left == 1 && wrong == ProtocolError { // a second byte may be waited for
				r.Errors = append(r.Errors, w.ending(ProtocolError))
			}
			return wrong
		}
	}
}

// leading are the hex digits with which a line begins.
func leading(line string) string {
	rest := strings.TrimLeft(line, "0123456789abcdefABCDEF")
	return line[:len(line)-len(rest)]
}

// lineEnd reads CR LF or LF.
func (w *wire) lineEnd() string {
	rest := w.data[w.at:]
	switch {
	case bytes.HasPrefix(rest, []byte("\n")):
		w.at++
	case bytes.HasPrefix(rest, []byte("\r\n")):
		w.at += 2
	case len(rest) == 0, len(rest) == 1 && rest[0] == '\r':
		return w.ending(IncompleteRead)
	default:
		return ProtocolError
	}
	return ""
}

// ErrSize is that gzip data are in order, but not as many as they say in their last four bytes.
var ErrSize = errors.New("gzip data of another size")

// Decode takes the content coding off a body. It tells what the coding is, if it is one
// that the client knows, and whether the data are in order.
func (r *Reply) Decode() (data []byte, coding string, err error) {
	value, _ := r.Field("content-encoding")
	coding = lower(value)
	in := bytes.NewReader(r.Body)
	var out io.Reader
	switch coding {
	default:
		return r.Body, "", nil
	case "gzip", "x-gzip", "deflate":
		if len(r.Body) == 0 {
			return nil, coding, nil
		}
	}
	switch {
	case coding != "deflate":
		var z *gzip.Reader
		if z, err = gzip.NewReader(in); err == nil {
			z.Multistream(false)
			out = z
		}
	case len(r.Body) > 1 && r.Body[0]&15 == 8 && (int(r.Body[0])<<8|int(r.Body[1]))%31 == 0: // zlib's format (9110 8.4.1.2)
		out, err = zlib.NewReader(in)
	default:
		out = flate.NewReader(in)
	}
	if err != nil {
		return nil, coding, err
	}
	data, err = io.ReadAll(io.LimitReader(out, 1<<20))
	if in.Len() > 0 && err == nil {
		err = errors.New("something behind the data")
	}
	if tail := len(r.Body) - 8; errors.Is(err, gzip.ErrChecksum) && in.Len() == 0 && tail > 0 && binary.LittleEndian.Uint32(r.Body[tail:]) == crc32.ChecksumIEEE(data) {
		err = ErrSize
	}
	return data, coding, err
}
