package terminal

import (
	"fmt"
	"strings"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// details is what a run was, below its line: the requests as the servers saw
// them, what the client made of the answer, and what the board printed beside it.
func details(r *result.Run) string {
	var b strings.Builder
	for _, x := range r.Wire {
		fmt.Fprintf(&b, "          > %s  (%s, connection %d)\n", plain.Printable(x.RequestLine), plain.Printable(x.Server), x.Connection)
	}
	if p := r.Response; p != nil {
		fmt.Fprintf(&b, "          < %d %s  (HTTP/%s, %d bytes)\n", p.StatusCode, plain.Printable(p.Reason), plain.Printable(p.Version), p.Body.Length)
	}
	if e := r.Raises; e != nil {
		fmt.Fprintf(&b, "          ! %s in %s: %s\n", plain.Printable(e.Type), plain.Printable(e.In), plain.Printable(e.Message))
	}
	b.WriteString(printed(r.Log, "          "))
	return b.String()
}

// printed is what a board printed beside its records, line by line.
func printed(log, indent string) string {
	var b strings.Builder
	for line := range strings.Lines(log) {
		fmt.Fprintf(&b, "%s| %s\n", indent, plain.Printable(strings.TrimRight(line, "\r\n")))
	}
	return b.String()
}
