package repl

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ErrRestarted says that the board started anew, mostly while a program was running:
// it crashed, its watchdog bit, or the program asked for it.
var ErrRestarted = errors.New("the board started anew")

// Error is a conversation that broke off. errors.Is knows os.ErrDeadlineExceeded
// for silence, ErrRestarted, the context's cause, and what the UART returned.
type Error struct {
	Board    string        // its name
	Phase    string        // what was being done: "enter the raw REPL", "raw paste"
	Sent     int64         // bytes since the conversation began
	Received int64         // likewise
	After    time.Duration // how long this phase took
	Heard    string        // the last bytes heard, unquoted
	Err      error
}

func (e *Error) Error() string {
	what := e.Err.Error()
	if errors.Is(e.Err, os.ErrDeadlineExceeded) {
		what = "no answer in time"
	}
	heard := "nothing was heard"
	if e.Heard != "" {
		heard = fmt.Sprintf("last heard %q", e.Heard)
	}
	return fmt.Sprintf("%s: %s: %s after %s (%d bytes sent, %d received, %s)",
		e.Board, e.Phase, what, e.After.Round(time.Millisecond), e.Sent, e.Received, heard)
}

func (e *Error) Unwrap() error { return e.Err }

// PythonError is an exception that ended a program on the board.
type PythonError struct {
	Type      string // class name: OSError
	Message   string // what follows it, without the errno
	Errno     *int   // of an OSError, in the board's own numbering; nil if it shows none
	Traceback string // everything the board printed, lines ended by LF
}

func (e *PythonError) Error() string {
	if e.Message == "" {
		return "the board raised " + e.Type
	}
	return "the board raised " + e.Type + ": " + e.Message
}

var errnoText = regexp.MustCompile(`^(?:\[Errno (\d+)\] ?|(\d+)$)`)

// parsePythonError reads what a raw REPL prints in its second section: a
// traceback whose frames are indented, then "Type: message", which may go on over
// several lines.
func parsePythonError(text string) *PythonError {
	e := &PythonError{Traceback: strings.ReplaceAll(text, "\r\n", "\n")}
	lines := strings.Split(strings.TrimRight(e.Traceback, "\n"), "\n")
	for len(lines) > 1 && (lines[0] == "" || strings.HasPrefix(lines[0], "Traceback ") || strings.HasPrefix(lines[0], "  ")) {
		lines = lines[1:]
	}
	var message string
	e.Type, message, _ = strings.Cut(strings.Join(lines, "\n"), ":")
	e.Message = strings.TrimPrefix(message, " ")
	if e.Type != "OSError" {
		return e
	}
	if m := errnoText.FindStringSubmatch(e.Message); m != nil {
		if n, err := strconv.Atoi(m[1] + m[2]); err == nil {
			e.Errno = &n
			e.Message = e.Message[len(m[0]):]
		}
	}
	return e
}
