package redact

import (
	"bytes"
	"io"
)

// Writer gives a writer that takes secrets out of what is written to it, line by line,
// and what ends it: the rest of a line that has no end.
func (r *Redactor) Writer(w io.Writer) (out io.Writer, end func() error) {
	if r == nil {
		return w, func() error { return nil }
	}
	l := &lines{to: w, redactor: r}
	return l, l.flush
}

// lines holds a line back until it has ended, so that no secret is cut in two.
type lines struct {
	to       io.Writer
	redactor *Redactor
	held     []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.held = append(l.held, p...)
	end := bytes.LastIndexAny(l.held, "\r\n") + 1
	if end == 0 {
		return len(p), nil
	}
	text := l.redactor.String(string(l.held[:end]))
	l.held = append(l.held[:0], l.held[end:]...)
	if _, err := io.WriteString(l.to, text); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (l *lines) flush() error {
	text := l.redactor.String(string(l.held))
	l.held = nil
	_, err := io.WriteString(l.to, text)
	return err
}
