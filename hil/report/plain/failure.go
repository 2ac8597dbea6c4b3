package plain

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/espy-hil/espy/hil/result"
)

// What of a failure is shown: the rest is in the results.
const (
	mostExchanges = 4
	mostExcerpts  = 2
)

// Failure shows what matters of a run that is not as it should be: the requests and
// how each was answered, the fields that differ, the bytes that they are of, and
// where help is to be had.
func Failure(r *result.Run, columns int) string {
	var b strings.Builder
	exchanges(&b, r.Wire, columns)
	b.WriteString(Differences(r.Diffs, columns))
	excerpts(&b, r, columns)
	if topic := Topic(r); topic != "" {
		fmt.Fprintf(&b, "    see: espy help %s\n", topic)
	}
	return b.String()
}

// exchanges shows the last requests of a run and their answers, a line each.
func exchanges(b *strings.Builder, wire []result.Exchange, columns int) {
	if left := len(wire) - mostExchanges; left > 0 {
		fmt.Fprintf(b, "    … %s before these\n", Number(left, "request"))
		wire = wire[left:]
	}
	line := func(mark, text string) {
		if columns > 0 {
			text = Fit(text, max(columns-len("    > "), len("    > ")))
		}
		fmt.Fprintf(b, "    %s %s\n", mark, text)
	}
	for i := range wire {
		x := &wire[i]
		line(">", Printable(x.RequestLine)+on(x, wire))
		line("<", answer(x))
	}
}

// on says on which connection, to which server, a request was made, where there are
// several.
func on(x *result.Exchange, wire []result.Exchange) string {
	s := ""
	for i := range wire {
		if wire[i].Server != x.Server {
			s = "  to " + Printable(x.Server)
		}
	}
	for i := range wire {
		if wire[i].Connection != wire[0].Connection {
			return s + fmt.Sprintf("  on connection %d", x.Connection)
		}
	}
	return s
}

// answer is the status line of a reply and how long the reply was.
func answer(x *result.Exchange) string {
	if len(x.Reply) == 0 {
		return "nothing"
	}
	first, _, _ := bytes.Cut(x.Reply, []byte("\n"))
	return Printable(strings.TrimRight(string(first[:min(len(first), longestLine)]), "\r")) + "  " + Number(len(x.Reply), "byte")
}

// longestLine is how much of a status line is shown that has no end.
const longestLine = 200
