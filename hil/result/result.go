// Package result is the model of what a run of espy yields: the shape that
// --json writes, and the only thing that reports read.
//
// A run is one scenario, one variant, one board, one client, once. What it
// yielded (an observation: the Response or the exception, the wire, the timings,
// the memory) stands beside the verdict that was reached on it. Names and types
// are an interface; see docs/results.md.
package result

import "encoding/json"

// A Verdict is what was made of a run. The first that applies wins, in the order below.
type Verdict string

// The verdicts.
const (
	Rig      Verdict = "rig"      // the rig failed, not the firmware
	Skip     Verdict = "skip"     // the board lacks what the scenario needs
	Fail     Verdict = "fail"     // contradicts the scenario
	Flaky    Verdict = "flaky"    // repeats on one board differ
	Diverged Verdict = "diverged" // differs from the reference board where the scenario says nothing
	Known    Verdict = "known"    // would be fail or diverged, and the ledger has it
	Pass     Verdict = "pass"     // none of these
)

// Verdicts are all verdicts, in the order in which a summary names them.
var Verdicts = []Verdict{Pass, Fail, Diverged, Known, Flaky, Rig, Skip}

// Format is the number of the form of the results. It grows when a reader of the
// form before would misread them; what is added beside the rest leaves it.
const Format = 1

// A Report is everything that one invocation of espy run learnt.
type Report struct {
	Espy        string     `json:"espy"`        // version of espy
	Format      int        `json:"format"`      // [Format] of the espy that wrote it
	Started     string     `json:"started"`     // RFC 3339, UTC
	TookMS      float64    `json:"took_ms"`     // all of it
	Previous    string     `json:"previous"`    // when the results started with which these were compared, for [Run].Since; empty: none were
	Interrupted bool       `json:"interrupted"` // Ctrl-C, or stopped early; what is here is complete as far as it goes
	Stale       []Accepted `json:"stale"`       // ledger entries whose difference is gone
	Boards      []Board    `json:"boards"`
	Runs        []Run      `json:"runs"`
	Totals      Totals     `json:"totals"`
}

// Accepted is an entry of a ledger of accepted differences.
type Accepted struct {
	Scenario string   `json:"scenario"`
	Boards   []string `json:"boards"`
	Clients  []string `json:"clients"`
	Fields   []string `json:"fields"`
	Cause    string   `json:"cause"`
	Link     string   `json:"link"`
	Since    string   `json:"since"`
	Source   string   `json:"source"` // FILE:LINE
}

// Board is what a board said of itself.
type Board struct {
	Name        string   `json:"name"`
	Kind        string   `json:"kind"`        // sys.platform: webassembly, esp32, esp8266, linux
	MicroPython string   `json:"micropython"` // release, as sys.implementation has it
	Machine     string   `json:"machine"`
	Firmware    Firmware `json:"firmware"`
}

// Firmware names the files under firmware/ that the board runs.
type Firmware struct {
	Hash string `json:"hash"`
	Form string `json:"form"` // py or mpy
}

// Run is one scenario, one variant, one board, one client, once.
type Run struct {
	Scenario    string   `json:"scenario"`     // name
	File        string   `json:"file"`         // path as the user gave it
	About       string   `json:"about"`        // what the file says of itself
	Tags        []string `json:"tags"`         // of the file
	Variant     string   `json:"variant"`      // "how=505 method=GET"; empty without for:
	Board       string   `json:"board"`        // Board.Name
	Client      string   `json:"client"`       // espy.requests
	HTTPVersion string   `json:"http_version"` // what was asked for: 1.0, 1.1, auto, or empty for the client's default
	Repeat      int      `json:"repeat"`       // 1, 2, …
	Attempt     int      `json:"attempt"`      // 1, or more when the rig failed before the request had started
	Verdict     Verdict  `json:"verdict"`
	SkipReason  string   `json:"skip_reason"`
	Diffs       []Diff   `json:"diffs"`
	Known       []string `json:"known,omitempty"`       // why the diffs are accepted, by the ledger
	Since       string   `json:"since,omitempty"`       // of a run that is not as it should be: when the first of the results in a row began in which it was so; see [Report.CompareWith]
	WrongSince  string   `json:"wrong_since,omitempty"` // of a run that came to nothing, by the rig or by a skip: Since of the last that said something, if that was wrong
	Mended      bool     `json:"mended,omitempty"`      // it is as it should be, and was not in the previous results

	// Observation is what the run yielded. Of a scenario with several steps it is
	// the last step that was reached, with the wire of them all.
	Observation

	Steps   []Observation     `json:"steps,omitempty"`   // of a scenario with several steps: each that was reached
	Servers map[string]string `json:"servers,omitempty"` // name to HOST:PORT, as the board knew them
	Log     string            `json:"log,omitempty"`     // what the board printed beside its records, the last 64 KiB; where the conversation with it broke off, to its end
	Pcap    string            `json:"pcap,omitempty"`    // file of the run's wire alone, path as the user gave its folder
}

// Observations are the steps of the run that were reached, one at least.
func (r *Run) Observations() []Observation {
	if len(r.Steps) > 0 {
		return r.Steps
	}
	return []Observation{r.Observation}
}

// An Observation is what one request yielded: the device's half and the wire's.
type Observation struct {
	Response        *Response          `json:"response"`
	Raises          *Raises            `json:"raises"`
	Wire            []Exchange         `json:"wire"`
	OpenConnections int                `json:"open_connections"`     // not closed by the client when the request was over, as the servers see it
	Unexpected      []string           `json:"unexpected,omitempty"` // what a server was asked beyond its raw replies
	TimingMS        map[string]float64 `json:"timing_ms"`
	Memory          map[string]int64   `json:"memory"`
}

// Diff is one thing that was not as wanted.
type Diff struct {
	Field  string `json:"field"` // status_code, headers.content-type, json.userId, wire[0], raises.type, rig
	Want   string `json:"want"`  // as a person would write it
	Got    string `json:"got"`
	Source string `json:"source"` // FILE:LINE, or "board NAME"

	Origin   Origin    `json:"origin,omitempty"`   // in what the difference lies, where that can be told
	At       *Place    `json:"at,omitempty"`       // where want and got part, of texts that begin alike
	Requests *Requests `json:"requests,omitempty"` // the two heads, of a request that differs between runs
}

// Origin is in what a difference lies.
type Origin string

// The origins. A client is at fault for what it sent and for what it read.
const (
	InRequest Origin = "request" // the client sent other bytes
	InReply   Origin = "reply"   // the server sent what was read
	InReading Origin = "reading" // the server sent something else than was read, or the same as to the other run
	InTiming  Origin = "timing"  // one of them ran out of time
)

// Place is where two texts part. They are shown around it.
type Place struct {
	Offset int `json:"offset"` // bytes of a body, otherwise characters, before it
	Line   int `json:"line"`   // from 1
	Column int `json:"column"` // from 1
	Shown  int `json:"shown"`  // characters of want, and of got, before it
}

// Requests are the heads of two requests side by side: of two runs, addresses and
// what is volatile left out, or what the file says and what was sent.
type Requests struct {
	Rows   [][2]string `json:"rows"`   // want and got; empty where one has no such line
	Differ []int       `json:"differ"` // the rows in which they differ, from 0; one at least
	Byte   int         `json:"byte"`   // bytes of the first of these before they part
	Want   string      `json:"want"`   // the bytes from there, in hexadecimal; empty where the file has an expression
	Got    string      `json:"got"`
}

// Response holds the fields of the client's Response as the firmware saw them.
// A field that the run could not read is its zero value.
type Response struct {
	Types          map[string]string `json:"types"` // field name to Python class name: {"response": "Response", "text": "str"}
	StatusCode     int               `json:"status_code"`
	Reason         string            `json:"reason"`
	Headers        [][2]string       `json:"headers"`         // in the server's order and case, duplicates kept
	Version        string            `json:"version"`         // of the status line
	RequestVersion string            `json:"request_version"` // of the last request sent
	URL            string            `json:"url"`
	History        []Hop             `json:"history"`
	Body           Body              `json:"body"`
	Text           *string           `json:"text,omitempty"` // what .text gave, where the scenario asks for it
	JSON           json.RawMessage   `json:"json,omitempty"` // what .json() gave, where the scenario asks for it
}

// Hop is an earlier response of the same request: [status, version, url].
type Hop struct {
	Status  int
	Version string
	URL     string
}

// MarshalJSON writes [status, version, url].
func (h Hop) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{h.Status, h.Version, h.URL})
}

// UnmarshalJSON reads [status, version, url].
func (h *Hop) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&h.Status, &h.Version, &h.URL})
}

// Body is the body as the firmware read it. Length and SHA-256 are always of the
// whole body; Base64 holds its beginning up to the run's limit.
type Body struct {
	Length    int64  `json:"length"`
	SHA256    string `json:"sha256"`
	Base64    []byte `json:"base64"`
	Truncated bool   `json:"truncated"` // Base64 holds less than Length bytes
}

// Raises is the exception that the client raised.
type Raises struct {
	In      string `json:"in"` // request, content, json, iter
	Type    string `json:"type"`
	Errno   *int   `json:"errno"` // Linux number; null where the exception has none
	Message string `json:"message"`
}

// Exchange is one request as the server saw it, and what it answered.
type Exchange struct {
	Server      string      `json:"server"`     // main, unless the scenario names it
	Connection  int         `json:"connection"` // 1, 2, … per server, in the order of acceptance
	RequestLine string      `json:"request_line"`
	Headers     [][2]string `json:"headers"`
	BodySHA256  string      `json:"body_sha256"`
	Body        []byte      `json:"-"`              // with its transfer coding taken off
	Request     []byte      `json:"request_base64"` // every byte, head and body
	Reply       []byte      `json:"reply_base64"`
	AtMS        float64     `json:"at_ms"`   // its first byte, since the run's servers were there
	TookMS      float64     `json:"took_ms"` // to the last byte of the reply, or of the request where there is none
}

// Totals counts runs by verdict.
type Totals struct {
	Pass     int `json:"pass"`
	Fail     int `json:"fail"`
	Diverged int `json:"diverged"`
	Known    int `json:"known"`
	Flaky    int `json:"flaky"`
	Rig      int `json:"rig"`
	Skip     int `json:"skip"`
}

// Count counts runs by verdict.
func Count(runs []Run) Totals {
	var t Totals
	for i := range runs {
		t.Add(runs[i].Verdict)
	}
	return t
}

// of is the counter of a verdict.
func (t *Totals) of(v Verdict) *int {
	switch v {
	case Rig:
		return &t.Rig
	case Skip:
		return &t.Skip
	case Fail:
		return &t.Fail
	case Flaky:
		return &t.Flaky
	case Diverged:
		return &t.Diverged
	case Known:
		return &t.Known
	default:
		return &t.Pass
	}
}

// Add counts one more run.
func (t *Totals) Add(v Verdict) { *t.of(v)++ }

// Of is how many runs got a verdict.
func (t Totals) Of(v Verdict) int { return *t.of(v) }

// All is how many runs there were.
func (t Totals) All() int {
	n := 0
	for _, v := range Verdicts {
		n += t.Of(v)
	}
	return n
}
