// Package agent is the host's end of the conversation with espy.agent, the small
// MicroPython program that runs one request on a board and reports it.
//
// The words. A [Link] is the conversation with one board: opened once, then asked
// for one request after the other. A frame is a line of the agent that stands out
// from whatever else the board prints, with a number and a CRC-32. A record is the
// device half of an observation: a frame of that name, and the parts that are too
// large for it, fetched piece by piece.
//
//	Open   raw REPL --> hello: release, firmware hash --(another hash)--> upload, hello
//	Do     run(request, CRC) --> start --> record --> part, part, ... --> bye
//	                 |             |          '--- lost or damaged: asked for again
//	                 |             '-- from here on, silence is the firmware's doing
//	                 '-- arrived damaged: nak, nothing was sent, sent again
//
// Whatever the board prints beside its frames is the record's log. The agent's end
// of the protocol is written down in firmware/espy/agent.py.
package agent

import (
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
	CAData         []byte      `json:"cadata,omitempty"` // DER; base64 on its way
	// Clock is the time in UTC as machine.RTC().datetime takes it, for a board that has no
	// idea of it and is to judge a certificate by it.
	Clock     []int    `json:"clock,omitempty"`
	MaxBody   *int64   `json:"max_body,omitempty"`
	Read      string   `json:"read,omitempty"` // content, iter_content, readinto, json, nothing
	ReadSize  int      `json:"read_size,omitempty"`
	Want      []string `json:"want,omitempty"`  // text, json, and types of these: computed on the board only when asked
	Types     []string `json:"types,omitempty"` // response, text, json.userId: whose class names to report
	BodyLimit int      `json:"body_limit"`      // bytes of the body that are reported

	// Session has the request made with the client's Session object, Step counts the
	// requests of a scenario from 0. A step above 0 finds the client, and the
	// Session, as the step before it has left them; step 0 imports the client anew.
	// Keep says that another step follows; without it the board lets go of the client
	// to have room for the record.
	Session bool `json:"session,omitempty"`
	Step    int  `json:"step,omitempty"`
	Keep    bool `json:"keep,omitempty"`
}

// Record is the device half of an observation.
type Record struct {
	Response *result.Response   `json:"response"`
	Raises   *result.Raises     `json:"raises"`
	TimingMS map[string]float64 `json:"timing_ms"` // import, request, body; total: request and body
	Memory   map[string]int64   `json:"memory"`    // bytes allocated: import, request, body; allocated: request and body; free: what is left
	Log      string             `json:"-"`         // what the board printed beside its frames
}
