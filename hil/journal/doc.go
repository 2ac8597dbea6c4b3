// Package journal keeps what a run of espy has learnt so far, so that nothing of it is
// lost or done twice, whatever ends the program: a crash, kill -9, a power cut.
//
// The journal of the results FILE is FILE.partial beside it. It goes when the results
// are there. Each line is a JSON object:
//
//	head    what was to be run, on what: the first line
//	board   what a board said of itself
//	made    a run, by its number in the plan, as it was observed
//
//	plan --Begin--> head, made, made, made, ma#   (torn: the program was killed)
//	                   '--Resume--> the runs that are there; the rest is made and added
//
// A run is written when it has been made and before it is compared with others, since
// what it is compared with may still be to come; the comparison is made anew when the
// runs are together.
package journal

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/espy-hil/espy/hil/result"
)

// form is the number of this form of journals.
const form = 2

// Head says what a journal is of.
type Head struct {
	Journal int             `json:"journal"` // the number of the form
	Espy    string          `json:"espy"`
	Started string          `json:"started"`
	Folder  string          `json:"folder"`  // where paths begin
	Command json.RawMessage `json:"command"` // what the user chose
	Plan    Plan            `json:"plan"`
}

// A Plan is everything on which it depends which runs there are, in which order, and
// what they yield.
type Plan []Part

// A Part of a plan: "firmware" "2f6c… py"; "scenario scenarios/x.yaml" and its hash.
type Part struct {
	What string `json:"what"`
	Is   string `json:"is"`
}

// Changed says in what a plan differs from an earlier one; empty: it is the same.
func (p Plan) Changed(now Plan) []string {
	var all []string
	is := func(in Plan, what string) (string, bool) {
		i := slices.IndexFunc(in, func(part Part) bool { return part.What == what })
		if i < 0 {
			return "", false
		}
		return in[i].Is, true
	}
	for _, part := range p {
		switch value, ok := is(now, part.What); {
		case !ok:
			all = append(all, part.What+" is gone")
		case value != part.Is && len(part.Is)+len(value) < 120:
			all = append(all, fmt.Sprintf("%s was %s and is %s", part.What, part.Is, value))
		case value != part.Is:
			all = append(all, part.What+" is another")
		}
	}
	for _, part := range now {
		if _, ok := is(p, part.What); !ok {
			all = append(all, part.What+" is new")
		}
	}
	if len(all) == 0 && !slices.Equal(p, now) {
		all = append(all, "the order of the scenarios is another")
	}
	return all
}

// Earlier is what a journal holds.
type Earlier struct {
	Head   Head
	Boards []result.Board
	Runs   map[int]*result.Run // by number in the plan
	ended  bool                // the results were saved, of a run that was interrupted
}

// line is a line of a journal that is not its head.
type line struct {
	Board *result.Board `json:"board,omitempty"`
	Made  *int          `json:"made,omitempty"`
	Run   *result.Run   `json:"run,omitempty"`
	Exact []sent        `json:"exact,omitempty"` // what JSON does not keep of the run: see exact.go
	Ended bool          `json:"ended,omitempty"`
}
