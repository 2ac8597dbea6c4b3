package terminal

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// mostShown is how many bytes of a request or a reply are shown; the results have
// all of them.
const mostShown = 16 << 10

// Replay shows one run as it was, with every byte that went over the wire.
func (p *Printer) Replay(number int, r *result.Run) {
	var b strings.Builder
	p.failure(&b, r, plain.Failure(r, p.options.Columns()), []string{numbered(r, number)})
	for _, why := range append(slices.Clone(r.Known), r.SkipReason) {
		if why != "" {
			fmt.Fprintf(&b, "    %s\n", plain.Printable(why))
		}
	}
	fmt.Fprintf(&b, "\nfile      %s\n", plain.Printable(r.File))
	for i, o := range r.Observations() {
		if len(r.Steps) > 0 {
			fmt.Fprintf(&b, "\nstep %d of %d\n", i+1, len(r.Steps))
		}
		p.observation(&b, &o)
	}
	if r.Log != "" {
		b.WriteString("\nthe board printed\n" + printed(r.Log, "    "))
	}
	p.write(b.String())
}

// observation shows what one request yielded.
func (p *Printer) observation(b *strings.Builder, o *result.Observation) {
	for i := range o.Wire {
		x := &o.Wire[i]
		fmt.Fprintf(b, "\nrequest %d  to %s, on connection %d, %s\n", i+1, plain.Printable(x.Server), x.Connection, plain.Number(len(x.Request), "byte"))
		p.bytes(b, x.Request)
		fmt.Fprintf(b, "\nreply %d  %s\n", i+1, plain.Number(len(x.Reply), "byte"))
		p.bytes(b, x.Reply)
	}
	if len(o.Wire) == 0 {
		b.WriteString("\nno request reached a server\n")
	}
	if r := o.Response; r != nil {
		response(b, r)
	}
	if e := o.Raises; e != nil {
		fmt.Fprintf(b, "\nraised    %s in %s", plain.Printable(e.Type), plain.Printable(e.In))
		if e.Errno != nil {
			fmt.Fprintf(b, ", errno %d", *e.Errno)
		}
		fmt.Fprintf(b, ": %s\n", plain.Printable(e.Message))
	}
	for _, asked := range o.Unexpected {
		fmt.Fprintf(b, "\nunexpected  %s\n", plain.Printable(asked))
	}
	figures(b, "took", " ms", o.TimingMS)
	figures(b, "bytes", "", o.Memory)
}

// bytes shows what went over the wire.
func (p *Printer) bytes(b *strings.Builder, all []byte) {
	b.WriteString(plain.Hex(all[:min(len(all), mostShown)], 0, p.options.Columns()))
	if more := len(all) - mostShown; more > 0 {
		fmt.Fprintf(b, "    and %s more, which the results have\n", plain.Number(more, "byte"))
	}
}

// response shows the fields of the Response.
func response(b *strings.Builder, r *result.Response) {
	b.WriteString("\nresponse\n")
	field := func(name, value string) { fmt.Fprintf(b, "    %-16s %s\n", name, plain.Printable(value)) }
	field("status_code", fmt.Sprint(r.StatusCode))
	field("reason", r.Reason)
	field("version", r.Version)
	field("request_version", r.RequestVersion)
	field("url", r.URL)
	for _, h := range r.History {
		field("history", fmt.Sprintf("%d  HTTP/%s  %s", h.Status, h.Version, h.URL))
	}
	for _, h := range r.Headers {
		field("headers", h[0]+": "+h[1])
	}
	body := fmt.Sprintf("%s, SHA-256 %s", plain.Number(int(r.Body.Length), "byte"), r.Body.SHA256)
	if r.Body.Truncated {
		body += fmt.Sprintf(", the first %d of them reported", len(r.Body.Base64))
	}
	field("content", body)
	if r.Text != nil {
		field("text", plain.Fit(*r.Text, mostText))
	}
	if r.JSON != nil {
		field("json", plain.Fit(string(r.JSON), mostText))
	}
}

// mostText is how many characters of a text are shown.
const mostText = 1000

// figures shows what was measured, in one line.
func figures[N int64 | float64](b *strings.Builder, what, unit string, of map[string]N) {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		all = append(all, fmt.Sprintf("%s %v%s", plain.Printable(name), of[name], unit))
	}
	if len(all) > 0 {
		fmt.Fprintf(b, "\n%-8s  %s\n", what, strings.Join(all, ", "))
	}
}
