package capture

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"sync"
)

// Text writes what happens for people to read. With TLS it shows what the records
// hold, and of the records themselves how many bytes they are.
//
//	12:00:00.000123 main 1 ← opened by 127.0.0.1:50312
//	12:00:00.000207 main 1 ← 38 bytes
//	    GET /albums/1 HTTP/1.1\r\n
//	    Host: a\r\n
//	    \r\n
//	12:00:00.000412 main 1 → 189 bytes
//	    HTTP/1.1 200 OK\r\n
//	    …
//	12:00:00.000460 main 1 ← FIN
//	12:00:00.000497 main 1 → FIN
type Text struct {
	mu  sync.Mutex
	w   io.Writer
	err error
}

// NewText writes to w. Each event is one write.
func NewText(w io.Writer) *Text { return &Text{w: w} }

// Err is the first error that writing met with, after which nothing was written.
func (t *Text) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// Record writes e.
func (t *Text) Record(e Event) {
	says, shown := told(e)
	if says == "" {
		return
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s %d %s\n", e.Time.Format("15:04:05.000000"), e.Conn.Server, e.Conn.Number, says)
	Lines(&b, "    ", shown)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		_, t.err = t.w.Write(b.Bytes())
	}
}

// told is what is said of e, and the bytes that are shown of it; "" is nothing.
func told(e Event) (says string, shown []byte) {
	switch e.Kind {
	case Opened:
		return "← opened by " + e.Conn.Client.String(), nil
	case Received, Sent:
		arrow := map[Kind]string{Received: "←", Sent: "→"}[e.Kind]
		if e.Conn.TLS {
			return fmt.Sprintf("%s %d bytes of TLS", arrow, len(e.Bytes)), nil
		}
		return fmt.Sprintf("%s %d bytes", arrow, len(e.Bytes)), e.Bytes
	case Deciphered:
		return fmt.Sprintf("⇐ %d bytes inside TLS", len(e.Bytes)), e.Bytes
	case Enciphered:
		return fmt.Sprintf("⇒ %d bytes inside TLS", len(e.Bytes)), e.Bytes
	case Secured:
		return fmt.Sprintf("⇔ %s", e.Bytes), nil
	case Failed:
		return fmt.Sprintf("× %s", e.Bytes), nil
	case ClientFIN:
		return "← FIN", nil
	case ServerFIN:
		return "→ FIN", nil
	case ClientReset:
		return "← RST", nil
	case ServerReset:
		return "→ RST", nil
	case Closed, Secret: // the ends have been told; keys are not for reading
	}
	return "", nil
}

// Lines writes b as text, each of its lines behind indent. What cannot be seen is
// escaped as in Go: \r\n, \x00.
func Lines(w *bytes.Buffer, indent string, b []byte) {
	for len(b) > 0 {
		line := b
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line = b[:i+1]
		}
		b = b[len(line):]
		w.WriteString(indent)
		escape(w, line)
		w.WriteByte('\n')
	}
}

// escape writes a line so that every byte of it can be told. Quotes stay as they
// are: nothing stands around them.
func escape(w *bytes.Buffer, line []byte) {
	for i, part := range bytes.Split(line, []byte{'"'}) {
		if i > 0 {
			w.WriteByte('"')
		}
		quoted := strconv.Quote(string(part))
		w.WriteString(quoted[1 : len(quoted)-1])
	}
}
