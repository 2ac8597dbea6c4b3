package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/espy-hil/espy/hil/recovery"
	"github.com/espy-hil/espy/hil/repl"
)

// Phases of a conversation.
const (
	phaseUART   = "open the UART"
	phaseREPL   = "raw REPL"
	phaseHello  = "hello"
	phaseUpload = "upload"
	phaseStart  = "start"   // sending the request, until the agent has announced the start
	phaseAsk    = "request" // until the record
	phaseRecord = "record"  // fetching its parts
)

// Error is a conversation that broke off. The board is in an unknown state
// afterwards: close the link and reset the board.
type Error struct {
	Board   string        // its name
	Phase   string        // what was being done: "raw REPL", "hello", "upload", "start", "request", "record"
	Started bool          // the agent had announced the start
	Rig     bool          // UART lost, frames beyond repair, board does not boot: says nothing on the firmware
	After   time.Duration // how long it took
	Heard   string        // the last bytes heard
	Log     string        // what the board printed beside its frames until then, as in a [Record]
	Err     error
}

func (e *Error) Error() string {
	if recovery.Final(e.Err) {
		return e.Err.Error() // it says all, and what to do
	}
	what := e.Err.Error()
	if errors.Is(e.Err, os.ErrDeadlineExceeded) {
		what = "no answer in time"
	}
	heard := ""
	if e.Heard != "" {
		heard = fmt.Sprintf("; last heard %q", e.Heard)
	} else if errors.Is(e.Err, os.ErrDeadlineExceeded) {
		heard = "; nothing was heard"
	}
	return fmt.Sprintf("board %s: %s: %s, after %s%s; %s",
		e.Board, e.Phase, what, e.After.Round(time.Millisecond), heard, e.advice())
}

// advice is what follows from it.
func (e *Error) advice() string {
	switch {
	case errors.Is(e.Err, context.Canceled):
		return "the board is to be reset before it is used again"
	case !e.Started && outOfMemory(e.Err):
		return "no request was sent: the agent does not fit the board's heap as it is; compiled it takes less (--form mpy)"
	case e.Started && errors.Is(e.Err, errEnded):
		return "the request had been carried out when the agent itself failed: if the board's heap is not full, this is a fault of espy"
	case e.Started && !e.Rig:
		return "the request was under way, so the firmware hung, or brought the board down: reset the board"
	case e.Started:
		return "the request was under way, but what became of it was lost: check cable, port and baud rate, and reset the board"
	case e.Phase == phaseUART:
		return "check that the board is connected and that no other program has it open"
	case e.Phase == phaseUpload:
		return "check the space left on the board's flash, and reset the board"
	}
	return "no request was sent: reset the board and try again"
}

func (e *Error) Unwrap() error { return e.Err }

// broken makes an Error of err. What the REPL says of itself is said by the Error.
func (l *Link) broken(phase string, began time.Time, err error) *Error {
	e := &Error{Board: l.name, Phase: phase, Rig: true, After: time.Since(began), Err: err}
	var r *repl.Error
	if errors.As(err, &r) && !recovery.Final(err) {
		e.Err, e.Heard = r.Err, r.Heard
	}
	e.Log = e.Heard
	return e
}
