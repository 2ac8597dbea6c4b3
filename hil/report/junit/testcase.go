package junit

import (
	"encoding/xml"
	"fmt"
	"path"
	"strings"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

type testcase struct {
	XMLName xml.Name `xml:"testcase"`
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	Time    string   `xml:"time,attr"`
	Skipped *skipped `xml:"skipped"`
	Error   *outcome `xml:"error"`
	Failure *outcome `xml:"failure"`
}

type skipped struct {
	Message string `xml:"message,attr"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type properties struct {
	XMLName xml.Name   `xml:"properties"`
	All     []property `xml:"property"`
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// properties say what the board and the client are.
func (s *suite) properties(r *result.Report) properties {
	p := properties{All: []property{{"espy", text(r.Espy)}}}
	if s.board == "" {
		return p
	}
	p.All = append(p.All, property{"board", text(s.board)}, property{"client", text(s.client)})
	for i := range r.Boards {
		if b := &r.Boards[i]; b.Name == s.board {
			p.All = append(
				p.All, property{"kind", text(b.Kind)}, property{"micropython", text(b.MicroPython)}, property{"machine", text(b.Machine)},
				property{"firmware", text(b.Firmware.Form + " " + b.Firmware.Hash)},
			)
		}
	}
	return p
}

// made is a run as a test case.
func made(r *result.Run) *testcase {
	c := &testcase{Name: name(r), Class: class(r), Time: seconds(r.TimingMS["run"])}
	switch v := r.Verdict; {
	case v == result.Skip:
		c.Skipped = &skipped{text(r.SkipReason)}
	case v == result.Known:
		c.Skipped = &skipped{"known: " + text(strings.Join(r.Known, "; "))}
	case v == result.Rig:
		c.Error = broken(r)
	case v.Wrong():
		c.Failure = broken(r)
	}
	return c
}

// class is a scenario's file as a class is named, so that folders become packages.
func class(r *result.Run) string {
	file := strings.TrimSuffix(path.Clean(strings.ReplaceAll(r.File, `\`, "/")), ".yaml")
	return text(strings.ReplaceAll(strings.TrimLeft(file, "./"), "/", "."))
}

// name tells a run from the others of its class.
func name(r *result.Run) string {
	s := text(r.Scenario)
	if r.Variant != "" {
		s += " [" + text(r.Variant) + "]"
	}
	if r.HTTPVersion != "" {
		s += " HTTP " + text(r.HTTPVersion)
	}
	if r.Repeat > 1 {
		s += fmt.Sprintf(" repeat %d", r.Repeat)
	}
	return s
}

// longestLog is how much of what a board printed is told, from its end.
const longestLog = 8 << 10

// broken says what differed, with the requests, and what the board printed.
func broken(r *result.Run) *outcome {
	o := &outcome{Type: string(r.Verdict)}
	if len(r.Diffs) > 0 {
		d := &r.Diffs[0]
		o.Message = fmt.Sprintf("%s: want %s, got %s (%s)", text(d.Field), text(d.Want), text(d.Got), text(d.Source))
		if more := len(r.Diffs) - 1; more > 0 {
			o.Message += ", and " + plain.Number(more, "field") + " more"
		}
	}
	var b strings.Builder
	b.WriteString("\n" + plain.Differences(r.Diffs, 0))
	for i := range r.Wire {
		fmt.Fprintf(&b, "    > %s  (%s, connection %d)\n", text(r.Wire[i].RequestLine), text(r.Wire[i].Server), r.Wire[i].Connection)
	}
	if log := r.Log; log != "" {
		if over := len(log) - longestLog; over > 0 {
			log = log[over:]
		}
		b.WriteString("    the board printed:\n")
		for line := range strings.Lines(log) {
			fmt.Fprintf(&b, "    | %s\n", text(strings.TrimRight(line, "\r\n")))
		}
	}
	if r.Since != "" {
		fmt.Fprintf(&b, "    since %s\n", text(r.Since))
	}
	o.Text = b.String()
	return o
}
