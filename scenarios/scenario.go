package scenarios

import (
	"fmt"
	"regexp"
	"time"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// A Scenario is one file, checked, with its variants filled in.
type Scenario struct {
	File     string // path as the user gave it
	Name     string
	About    string
	Tags     []string
	Needs    []Need
	Variants []Variant // at least one; one with an empty Label where the file has no for:
}

// A Variant is a scenario with its for: variables filled in.
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
	Wire    *Wire // nil: not checked
	Save    []Save
}

// Save keeps a value of the response for later steps.
type Save struct {
	Pos  Pos
	Name string
	Path string // .json.id, .status_code, .headers.location, .text
}

// Request is what the client is asked to do. A nil pointer, map or empty string
// is left to the client's default. Texts may hold $(server) and the like, which
// are filled in when the servers' addresses are known: see [Expand].
type Request struct {
	Pos            Pos
	Method         string // GET, …: as written
	URL            string // a path is on the first server
	HTTPVersion    string // "1.0", "1.1", "auto", or "" where the file leaves it open
	Headers        []HeaderField
	Data           *string
	JSON           any // nil, bool, int64, float64, string, []any, Object; HasJSON tells null from absent
	HasJSON        bool
	Form           []HeaderField
	BodyHex        []byte
	Chunks         [][]byte
	Auth           *[2]string
	Timeout        *time.Duration
	Deadline       *time.Duration
	AllowRedirects *bool
	Stream         *bool
	Verify         *bool
	MaxBody        *int64
	Read           Read
}

// HeaderField is a name and a value, in the order of the file.
type HeaderField struct{ Name, Value string }

// Object is a JSON object with its keys in the order of the file.
type Object []Member

// Member is one key of an Object.
type Member struct {
	Key   string
	Value any
}

// Read is how the agent takes the body: "content" (the default), "iter_content"
// with Size, "readinto", "json", "nothing".
type Read struct {
	How  string
	Size int
}

// Expect is what the file says of the Response. A nil pointer is not checked.
type Expect struct {
	StatusCode      *Int
	Reason          *Match
	Headers         []HeaderMatch
	Text            *Match
	Content         *Match // the body read as Latin-1
	ContentHex      *Bytes
	ContentLength   *Int
	ContentSHA256   *Match
	JSON            *JSON // objects as subsets, arrays in full
	JSONExact       *JSON
	Version         *Match
	RequestVersion  *Match
	History         *Ints
	URL             *Match
	Types           []TypeMatch
	Raises          *Raises
	Within          *Duration
	Allocates       *Int // bytes at most
	OpenConnections *Int
}

// Raises is the exception that is expected; nil fields are not checked.
type Raises struct {
	Pos     Pos
	In      *Match
	Type    *Match
	Errno   *Int
	Message *Match
}

// HeaderMatch is an expected response field.
type HeaderMatch struct {
	Name  string
	Value Match
}

// TypeMatch is an expected Python class: {text: str}.
type TypeMatch struct {
	Name  string // response, text, content, json, reason, …; json.userId names a value
	Value Match
}

// Wire is the requests as the server should have seen them, all of them, in order.
type Wire struct {
	Pos   Pos
	Items []WireItem
}

// WireItem is one expected request.
type WireItem struct {
	Pos        Pos
	Line       *Match
	Headers    []HeaderMatch
	Body       *Match
	BodyHex    *Bytes
	BodySHA256 *Match
	JSON       *JSON
	Connection *Int
	Server     *Match
}

// Pos is a place in a scenario file; lines and columns count from 1.
type Pos struct {
	File         string
	Line, Column int
}

// String is FILE:LINE.
func (p Pos) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// Match is an expected text: literal, a regular expression (RE2, searched), or absent.
type Match struct {
	Pos    Pos
	Text   string         // the literal
	Regexp *regexp.Regexp // when not nil, instead of Text
	Absent bool           // null in the file
}

// Int, Ints, Bytes and Duration are expected values with their places.
type (
	Int struct {
		Pos   Pos
		Value int64
	}
	Ints struct {
		Pos   Pos
		Value []int64
	}
	Bytes struct {
		Pos   Pos
		Value []byte
	}
	Duration struct {
		Pos   Pos
		Value time.Duration
	}
)

// JSON is an expected JSON value, each part with its place. Exactly one of the
// forms is set, by Kind.
type JSON struct {
	Pos    Pos
	Kind   JSONKind
	Bool   bool
	Number string // as written
	String Match  // a string, or a regular expression that a string must satisfy
	Array  []JSON
	Object []JSONMember
}

// JSONMember is one key of an expected object.
type JSONMember struct {
	Key   string
	Value JSON
}

// JSONKind tells the forms of JSON apart.
type JSONKind int

// The kinds of JSON.
const (
	JSONNull JSONKind = iota
	JSONBool
	JSONNumber
	JSONString
	JSONArray
	JSONObject
)
