package rig

import (
	"os"

	"github.com/espy-hil/espy/hil/redact"
)

// Secrets knows what nothing that is written may hold: see [redact.FromEnvironment].
// file is the hardware map, as for [Hardware]; one that cannot be read names nothing, and
// is told of by whoever needs it.
func Secrets(file string) *redact.Redactor {
	var named []string
	if h, err := Hardware(file); err == nil {
		for _, b := range h.Boards {
			if b.WiFi.Password != "" {
				named = append(named, b.WiFi.Password)
			}
		}
	}
	return redact.FromEnvironment(os.Getenv, named...)
}
