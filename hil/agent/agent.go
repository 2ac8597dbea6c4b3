// Package agent is the host's end of the conversation with espy.agent, the small
// MicroPython program that runs one request on a board and reports it.
package agent

import (
	"context"
	"time"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/result"
)

// Hello is what a board says of itself when a conversation opens.
type Hello struct {
	MicroPython string          `json:"micropython"`
	Platform    string          `json:"platform"`
	Machine     string          `json:"machine"`
	Firmware    result.Firmware `json:"firmware"`
	Offers      []string        `json:"offers"` // what needs: may ask for: tls, heap
	MemFree     int64           `json:"mem_free"`
}

// Request is what the agent is asked to do, in the agent's own words: the keys
// are those of firmware/espy/agent.py.
type Request struct {
	Client         string      `json:"client"` // module to import: espy.requests
	Method         string      `json:"method"`
	URL            string      `json:"url"` // absolute
	HTTPVersion    string      `json:"http_version,omitempty"`
	Headers        [][2]string `json:"headers,omitempty"`
	Data           *string     `json:"data,omitempty"`
	BodyBase64     []byte      `json:"body,omitempty"`
	Chunks         [][]byte    `json:"chunks,omitempty"`
	JSON           any         `json:"json,omitempty"`
	HasJSON        bool        `json:"has_json,omitempty"`
	Form           [][2]string `json:"form,omitempty"`
	Auth           *[2]string  `json:"auth,omitempty"`
	TimeoutMS      *int64      `json:"timeout_ms,omitempty"`
	DeadlineMS     *int64      `json:"deadline_ms,omitempty"`
	AllowRedirects *bool       `json:"allow_redirects,omitempty"`
	Stream         *bool       `json:"stream,omitempty"`
	Verify         *bool       `json:"verify,omitempty"`
	MaxBody        *int64      `json:"max_body,omitempty"`
	Read           string      `json:"read,omitempty"` // content, iter_content, readinto, json, nothing
	ReadSize       int         `json:"read_size,omitempty"`
	Want           []string    `json:"want,omitempty"`  // text, json, and types of these: computed on the board only when asked
	Types          []string    `json:"types,omitempty"` // json.userId, text: whose class names to report
	BodyLimit      int         `json:"body_limit"`      // bytes of the body that are reported
}

// Record is the device half of an observation.
type Record struct {
	Response *result.Response   `json:"response"`
	Raises   *result.Raises     `json:"raises"`
	TimingMS map[string]float64 `json:"timing_ms"`
	Memory   map[string]int64   `json:"memory"`
	Log      string             `json:"-"` // what the board printed beside its frames
}

// Files is the firmware as a board is to have it: paths below the board's root.
type Files struct {
	Hash, Form string
	Files      map[string][]byte // "/lib/espy/requests.py"
}

// TODO(main): these are implemented beside this file.
type Link struct{}

// Open opens b's UART, enters the raw REPL, and sees that the firmware is current
// (uploads it if not: an unchanged one costs one round trip). Errors are of the rig.
func Open(ctx context.Context, b board.Board, fw Files) (*Link, error) { panic("contract") }

// Hello is what the board said when the link was opened.
func (l *Link) Hello() Hello { panic("contract") }

// Do has the board run one request and returns its record. An error says that no
// record could be had: *Error tells whether the board had announced the start
// (then it is the firmware's doing: it hung, reset or crashed) or not (the rig's).
func (l *Link) Do(ctx context.Context, r Request) (*Record, error) { panic("contract") }

// Close leaves the raw REPL and closes the UART; the board stays powered.
func (l *Link) Close() error { panic("contract") }

// Error is a conversation that broke off.
type Error struct {
	Board   string        // its name
	Phase   string        // what was being done: "raw REPL", "upload", "start", "request", "record"
	Started bool          // the agent had announced the start
	Rig     bool          // UART lost, frames beyond repair, board does not boot: says nothing on the firmware
	After   time.Duration // how long it took
	Heard   string        // the last bytes heard, quoted
	Err     error
}

func (e *Error) Error() string { return "contract" }
func (e *Error) Unwrap() error { return e.Err }
