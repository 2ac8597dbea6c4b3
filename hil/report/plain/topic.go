package plain

import (
	"strconv"
	"strings"

	"github.com/espy-hil/espy/hil/result"
)

// Numbers of errors on Linux, which boards use everywhere.
const (
	enomem     = 12
	ehostdown  = 113
	econnreset = 104
)

// Topic names the page of help on the frequent trouble that a run is in; empty where
// it is in none. The pages are docs/troubles.md.
func Topic(r *result.Run) string {
	if r.Verdict == result.Rig || r.Verdict == result.Skip {
		return ""
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
	case number == econnreset, number == ehostdown:
		return "reset"
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
