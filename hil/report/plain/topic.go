package plain

import (
	"slices"
	"strconv"
	"strings"

	"github.com/espy-hil/espy/hil/result"
)

// Numbers of errors on Linux, which boards use everywhere.
const (
	enomem       = 12
	econnreset   = 104
	econnrefused = 111
)

// phrases are what the messages of frequent troubles have in them, those of the
// operating system and our own, the most particular first.
var phrases = []struct{ phrase, topic string }{
	{"no space left on device", "disk"},
	{"disk quota exceeded", "disk"},
	{"file too large", "disk"},
	{"too many open files", "limits"},
	{"address already in use", "port"},
	{"the board is in use", "busy"},
	{"resource busy", "busy"},
	{"permission denied to open", "permission"},
	{"the board is not there", "missing"},
	{"raw REPL: no answer in time", "prompt"},
	{"a firewall drops", "firewall"},
	{"is on no network", "wifi"},
	{"there is no unix board here", "unix-board"},
	{"fetching them needs npm", "npm"},
	{"fetching the MicroPython runtimes", "npm"},
	{"runtime that npm fetched", "npm"},
}

// Topics are all that [Topic] and [Trouble] name.
func Topics() []string {
	all := []string{"505", "426", "memory", "certificate", "hang", "reset", "refused"}
	for _, p := range phrases {
		if !slices.Contains(all, p.topic) {
			all = append(all, p.topic)
		}
	}
	return all
}

// Trouble names the page of help on what a message is about; empty where there is none.
// The pages are docs/troubles.md.
func Trouble(message string) string {
	for _, p := range phrases {
		if strings.Contains(message, p.phrase) {
			return p.topic
		}
	}
	return ""
}

// Topic names the page of help on the frequent trouble that a run is in; empty where
// it is in none.
func Topic(r *result.Run) string {
	switch {
	case r.Verdict == result.Skip:
		return ""
	case r.Verdict == result.Rig && len(r.Diffs) > 0:
		return Trouble(r.Diffs[0].Got)
	}
	if e := r.Raises; e != nil {
		if topic := ofException(r, e); topic != "" {
			return topic
		}
	}
	for i := range r.Diffs {
		d := &r.Diffs[i]
		if d.Got != "505" && d.Got != "426" || d.Field != "status_code" && !strings.HasSuffix(d.Field, ".status_code") {
			continue
		}
		return d.Got
	}
	return ""
}

func ofException(r *result.Run, e *result.Raises) string {
	number := 0
	if e.Errno != nil {
		number = *e.Errno
	}
	message := strings.ToLower(e.Message)
	switch {
	case e.Type == "MemoryError", number == enomem:
		return "memory"
	case strings.Contains(message, "certificate"), strings.Contains(message, "x509"):
		return "certificate"
	case e.Type == "Timeout" && withoutEnd(reply(&r.Observation)):
		return "hang"
	case number == econnreset && e.Type != "IncompleteRead": // of which the end is only one cause
		return "reset"
	case number == econnrefused:
		return "refused"
	}
	return ""
}

// withoutEnd tells whether a reply has a head, and in it nothing that says where the
// body ends.
func withoutEnd(reply []byte) bool {
	head, _, whole := strings.Cut(string(reply[:min(len(reply), 8<<10)]), "\r\n\r\n")
	if !whole {
		return false
	}
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(line, ":")
		switch strings.ToLower(name) {
		case "content-length":
			if _, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
				return false
			}
		case "transfer-encoding":
			return false
		}
	}
	return true
}
