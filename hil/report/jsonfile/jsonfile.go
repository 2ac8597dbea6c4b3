// Package jsonfile writes a report as JSON, in the form that docs/results.md
// describes: to standard output, or to a file that is whole or not there at all.
package jsonfile

import (
	"encoding/json"
	"io"
	"slices"

	"github.com/espy-hil/espy/hil/report/file"
	"github.com/espy-hil/espy/hil/result"
)

// Write writes a report as indented JSON. A list that is empty is [], never null.
func Write(w io.Writer, r *result.Report) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(withLists(*r))
}

// Save writes a report to a file: see [file.Save].
func Save(path string, r *result.Report) error {
	return file.Save(path, "the results", func(w io.Writer) error { return Write(w, r) })
}

// withLists makes every list that the form promises.
func withLists(r result.Report) result.Report {
	r.Format = result.Format
	r.Stale = list(r.Stale)
	r.Boards = list(r.Boards)
	runs := make([]result.Run, len(r.Runs))
	for i, run := range r.Runs {
		run.Tags = list(run.Tags)
		run.Diffs = list(run.Diffs)
		run.Observation = observation(run.Observation)
		run.Steps = slices.Clone(run.Steps)
		for s := range run.Steps {
			run.Steps[s] = observation(run.Steps[s])
		}
		runs[i] = run
	}
	r.Runs = runs
	return r
}

func observation(o result.Observation) result.Observation {
	o.Wire = list(o.Wire)
	if o.Response != nil {
		response := *o.Response
		response.Headers = list(response.Headers)
		response.History = list(response.History)
		o.Response = &response
	}
	return o
}

func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}
