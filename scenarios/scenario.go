package scenarios

import (
	"fmt"
	"time"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// A Scenario is one file, checked, with its variants filled in.
type Scenario struct {
	Pos      Pos    // of its name
	File     string // path as the user gave it
	Name     string
	About    string
	Tags     []string
	Needs    []Need
	Variants []Variant // at least one; one with an empty Label where the file has no for:
	Warnings []Problem // what is sound, and surely not what was meant
	nameLine string    // the line of the file that the name begins in
}

// A Variant is a scenario with its for: variables filled in. Its texts may still
// hold run-time variables: see [Variant.Expand].
type Variant struct {
	Label   string // "how=505 method=GET", keys in the order of the file
	Servers []Server
	Session bool
	Steps   []Step // a file with request:/expect:/wire: is one step
}

// Need is one item of needs:.
type Need struct {
	Pos  Pos
	Name string // tls, heap
}

// Server is a named server and its plan.
type Server struct {
	Name string // "main" for server:
	Plan plan.Server
}

// Step is one request and what is expected of it.
type Step struct {
	Wait    time.Duration
	Request Request
	Expect  Expect
	Wire    *Wire             // nil: not checked
	Clients map[string]Expect // replaces Expect for these clients
	Save    []Save
}

// Save keeps a value of the response for later steps, as text.
type Save struct {
	Pos  Pos
	Name string
	Path string // .json.id, .status_code, .headers.location, .text
}

// Pos is a place in a scenario file; lines and columns (in characters) count from 1.
type Pos struct {
	File         string
	Line, Column int
}

// String is FILE:LINE.
func (p Pos) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }
