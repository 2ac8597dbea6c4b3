// Package jsonfile writes a report as JSON, in the form that docs/results.md
// describes: to standard output, or to a file that is whole or not there at all.
package jsonfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/espy-hil/espy/hil/report/file"
	"github.com/espy-hil/espy/hil/result"
)

// Write writes a report as indented JSON, in the form of [Schema]. A list that is empty
// is [], never null.
func Write(w io.Writer, r *result.Report) error {
	frame := *r
	frame.Runs = nil
	var c compact
	text, err := c.json(withLists(frame))
	if err != nil {
		return err
	}
	text = append(indented(nil, text, ""), '\n')
	if len(r.Runs) == 0 {
		_, err := w.Write(text)
		return err
	}
	// The runs, which may be many, one by one; within a text there is no line end.
	before, after, _ := bytes.Cut(text, []byte("\n  \"runs\": []"))
	if _, err := fmt.Fprintf(w, "%s\n  \"runs\": [", before); err != nil {
		return err
	}
	var laid []byte
	for i := range r.Runs {
		run, err := c.json(runWithLists(r.Runs[i]))
		if err != nil {
			return err
		}
		before := "\n    "
		if i > 0 {
			before = ",\n    "
		}
		laid = indented(append(laid[:0], before...), run, "    ")
		if _, err := w.Write(laid); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(w, "\n  ]%s", after)
	return err
}

// compact makes JSON without white space.
type compact struct{ text bytes.Buffer }

// json is a value as JSON, until the next one is made.
func (c *compact) json(v any) ([]byte, error) {
	c.text.Reset()
	e := json.NewEncoder(&c.text)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(c.text.Bytes(), []byte("\n")), err
}

// Save writes a report to a file: see [file.Save].
func Save(path string, r *result.Report) error {
	return file.Save(path, "the results", func(w io.Writer) error { return Write(w, r) })
}

// withLists makes every list that the form promises.
func withLists(r result.Report) result.Report {
	r.Format = result.Format
	r.Stale = slices.Clone(list(r.Stale))
	for i := range r.Stale {
		a := &r.Stale[i]
		a.Boards, a.Clients, a.Fields = list(a.Boards), list(a.Clients), list(a.Fields)
	}
	r.Boards = list(r.Boards)
	runs := make([]result.Run, len(r.Runs))
	for i := range r.Runs {
		runs[i] = runWithLists(r.Runs[i])
	}
	r.Runs = runs
	return r
}

func runWithLists(run result.Run) result.Run {
	run.Tags = list(run.Tags)
	run.Diffs = slices.Clone(list(run.Diffs))
	for d := range run.Diffs {
		if q := run.Diffs[d].Requests; q != nil {
			run.Diffs[d].Requests = &result.Requests{Rows: list(q.Rows), Differ: list(q.Differ), Byte: q.Byte, Want: q.Want, Got: q.Got}
		}
	}
	run.Observation = observation(run.Observation)
	run.Steps = slices.Clone(run.Steps)
	for s := range run.Steps {
		run.Steps[s] = observation(run.Steps[s])
	}
	return run
}

func observation(o result.Observation) result.Observation {
	o.Wire = slices.Clone(list(o.Wire))
	for i := range o.Wire {
		x := &o.Wire[i]
		x.Headers, x.Request, x.Reply = list(x.Headers), list(x.Request), list(x.Reply)
	}
	o.TimingMS, o.Memory = object(o.TimingMS), object(o.Memory)
	if o.Response != nil {
		response := *o.Response
		response.Headers = list(response.Headers)
		response.History = list(response.History)
		response.Types = object(response.Types)
		response.Body.Base64 = list(response.Body.Base64)
		o.Response = &response
	}
	return o
}

func object[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}
