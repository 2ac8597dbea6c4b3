package journal

import (
	"slices"
	"unicode/utf8"

	"github.com/espy-hil/espy/hil/result"
)

// sent is what comparisons need of a request and the results leave out: its body, and
// bytes that are no UTF-8, which a JSON text cannot hold.
type sent struct {
	Body    []byte      `json:"body,omitempty"`
	Odd     bool        `json:"odd,omitempty"` // there are such bytes in the line or the headers, which follow
	Line    []byte      `json:"line,omitempty"`
	Headers [][2][]byte `json:"headers,omitempty"`
}

// exchanges are all of a run, those of its steps once more.
func exchanges(r *result.Run) []*result.Exchange {
	var all []*result.Exchange
	for i := range r.Wire {
		all = append(all, &r.Wire[i])
	}
	for s := range r.Steps {
		for i := range r.Steps[s].Wire {
			all = append(all, &r.Steps[s].Wire[i])
		}
	}
	return all
}

// exact is what JSON does not keep of a run, by exchange; nil: nothing.
func exact(r *result.Run) []sent {
	all := exchanges(r)
	kept := make([]sent, len(all))
	some := false
	for i, x := range all {
		kept[i].Body = x.Body
		if kept[i].Odd = odd(x); kept[i].Odd {
			kept[i].Line = []byte(x.RequestLine)
			for _, h := range x.Headers {
				kept[i].Headers = append(kept[i].Headers, [2][]byte{[]byte(h[0]), []byte(h[1])})
			}
		}
		some = some || kept[i].Odd || len(x.Body) > 0
	}
	if !some {
		return nil
	}
	return kept
}

// odd tells whether there are bytes in the line or the headers of a request that are no
// UTF-8.
func odd(x *result.Exchange) bool {
	return !utf8.ValidString(x.RequestLine) ||
		slices.ContainsFunc(x.Headers, func(h [2]string) bool { return !utf8.ValidString(h[0]) || !utf8.ValidString(h[1]) })
}

// restore puts back what exact has kept; false: that is of another run.
func restore(r *result.Run, kept []sent) bool {
	if kept == nil {
		return true
	}
	all := exchanges(r)
	if len(kept) != len(all) {
		return false
	}
	for i, x := range all {
		x.Body = kept[i].Body
		if !kept[i].Odd {
			continue
		}
		x.RequestLine, x.Headers = string(kept[i].Line), nil
		for _, h := range kept[i].Headers {
			x.Headers = append(x.Headers, [2]string{string(h[0]), string(h[1])})
		}
	}
	return true
}
