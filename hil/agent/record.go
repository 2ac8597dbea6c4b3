package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/espy-hil/espy/hil/result"
)

// recordFrame is the record as the agent says it: parts that are large follow.
type recordFrame struct {
	Response *result.Response `json:"response"`
	Raises   *struct {
		result.Raises
		ErrnoName string `json:"errno_name"` // numbers differ from port to port
	} `json:"raises"`
	Microseconds map[string]int64  `json:"us"`
	Memory       map[string]int64  `json:"memory"`
	Sizes        map[string]int    `json:"parts"`
	Inline       map[string][]byte `json:"inline"`
}

// fetch gets the parts that the frame was too small for.
func (x *exchange) fetch(ctx context.Context, r *recordFrame) error {
	if r.Inline == nil {
		r.Inline = map[string][]byte{}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Sizes)) {
		part := r.Inline[name]
		for len(part) < r.Sizes[name] {
			piece, err := x.piece(ctx, name, len(part))
			if err != nil {
				return err
			}
			if len(piece) == 0 {
				return fmt.Errorf("%w: %s ends at byte %d of %d", errBeyondRepair, name, len(part), r.Sizes[name])
			}
			part = append(part, piece...)
		}
		r.Inline[name] = part
	}
	return nil
}

// record puts the parts into their places.
func (r *recordFrame) record(log string) (*Record, error) {
	done := &Record{Response: r.Response, TimingMS: map[string]float64{}, Memory: r.Memory, Log: log}
	for step, us := range r.Microseconds {
		done.TimingMS[step] = float64(us) / 1000
	}
	if body, ok := r.Microseconds["body"]; ok {
		done.TimingMS["total"] = float64(r.Microseconds["request"]+body) / 1000
		done.Memory["allocated"] = r.Memory["request"] + r.Memory["body"]
	}
	if r.Raises != nil {
		done.Raises = &r.Raises.Raises
		done.Raises.Errno = linuxErrno(r.Raises.Errno, r.Raises.ErrnoName)
	}
	if r.Response == nil {
		return done, nil
	}
	if err := json.Unmarshal(r.Inline["headers"], &r.Response.Headers); err != nil {
		return nil, fmt.Errorf("the agent's list of header fields cannot be read: %w", err)
	}
	body := &r.Response.Body
	body.Base64 = r.Inline["body"]
	body.Truncated = int64(len(body.Base64)) < body.Length
	if _, ok := r.Sizes["text"]; ok {
		r.Response.Text = new(string(r.Inline["text"]))
	}
	if _, ok := r.Sizes["json"]; ok {
		r.Response.JSON = validJSON(r.Inline["json"])
	}
	return done, nil
}

// validJSON is what the board's json.dumps said, or, where that is no JSON (it
// writes inf and nan), a JSON string of it: something to show, and unequal to
// what any file can expect.
func validJSON(text []byte) json.RawMessage {
	text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	if json.Valid(text) {
		return text
	}
	quoted, err := json.Marshal(string(text))
	if err != nil {
		panic(err) // a string
	}
	return quoted
}
