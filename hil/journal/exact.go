package journal

import (
	"bytes"
	"encoding/gob"
	"slices"
	"unicode/utf8"

	"github.com/espy-hil/espy/hil/result"
)

// sent is what comparisons need of a request and the results leave out, or what a JSON
// text cannot hold: bytes that are no UTF-8.
type sent struct {
	Line    string
	Headers [][2]string
	Body    []byte
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

// exact is what JSON does not keep of a run; nil: nothing.
func exact(r *result.Run) ([]byte, error) {
	all := exchanges(r)
	odd := func(x *result.Exchange) bool {
		return len(x.Body) > 0 || !utf8.ValidString(x.RequestLine) ||
			slices.ContainsFunc(x.Headers, func(h [2]string) bool { return !utf8.ValidString(h[0]) || !utf8.ValidString(h[1]) })
	}
	if !slices.ContainsFunc(all, odd) {
		return nil, nil
	}
	var kept []sent
	for _, x := range all {
		kept = append(kept, sent{x.RequestLine, x.Headers, x.Body})
	}
	var out bytes.Buffer
	err := gob.NewEncoder(&out).Encode(kept)
	return out.Bytes(), err
}

// restore puts back what exact has kept; false: that is of another run.
func restore(r *result.Run, kept []byte) bool {
	if kept == nil {
		return true
	}
	all := exchanges(r)
	var was []sent
	if gob.NewDecoder(bytes.NewReader(kept)).Decode(&was) != nil || len(was) != len(all) {
		return false
	}
	for i, x := range all {
		x.RequestLine, x.Headers, x.Body = was[i].Line, was[i].Headers, was[i].Body
	}
	return true
}
