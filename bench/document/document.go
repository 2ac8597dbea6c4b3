// Package document renders what has been measured: as Markdown for people, as JSON
// for programs, and as a drawing of how things grow.
package document

import (
	"encoding/json"
	"time"

	"github.com/espy-hil/espy/bench/measure"
)

// A Report is all of one go.
type Report struct {
	Started  time.Time         `json:"started"`
	Took     time.Duration     `json:"took_ns"`
	Quick    bool              `json:"quick"` // a look, which proves less
	Only     []string          `json:"only,omitempty"`
	Commit   string            `json:"commit"`
	Machine  Machine           `json:"machine"`
	Versions []Version         `json:"versions"`
	Targets  []measure.Verdict `json:"targets"`
	Outcomes []measure.Outcome `json:"experiments"`
}

// A Machine is what it was measured on, and what else that did: Load is the load
// average of the last minute, in which the measuring itself is.
type Machine struct {
	Processor  string  `json:"processor"`
	Processors int     `json:"processors"`
	Memory     string  `json:"memory"`
	System     string  `json:"system"`
	Before     float64 `json:"load_before"`
	Least      float64 `json:"load_least"`
	Most       float64 `json:"load_most"`
}

// A Version is that of a program which took part.
type Version struct {
	Program string `json:"program"`
	Version string `json:"version"`
}

// JSON is the report for programs.
func (r *Report) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(r, "", " ")
	return append(b, '\n'), err
}
