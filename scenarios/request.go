package scenarios

import "time"

// Request is what the client is asked to do. A nil pointer, map or empty string
// is left to the client's default. Texts may hold $(server) and the like, which
// are filled in when the servers' addresses are known: see [Variant.Expand].
type Request struct {
	Pos            Pos
	Method         string // GET, …: as written
	URL            string // a path is on the first server
	HTTPVersion    string // "1.0", "1.1", "auto", or "" where the file leaves it open; another only beside raises:
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

// Read is how the agent takes the body: "content" (the default), "iter_content"
// with Size, "readinto", "json", "nothing".
type Read struct {
	How  string
	Size int
}
