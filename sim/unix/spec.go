package unix

import (
	"fmt"
	"strings"

	"github.com/espy-hil/espy/sim/uart"
)

// profile is a kind of unix board.
type profile struct {
	name    string // what stands behind "unix:"
	program string
	heap    int // bytes
}

// profiles are all kinds, the default first.
var profiles = []profile{
	{"", interpreter, 2 << 20},
	// MicroPython gives its heap 38 KiB on an ESP8266 (ports/esp8266/main.c); with 40
	// here a program finds as much of it free.
	{"esp8266", interpreter, 40 << 10},
	{"tls", interpreterTLS, 2 << 20},
}

// Spec is a unix board that a user chose.
type Spec struct {
	Name    string // as the user wrote it: unix, unix:esp8266
	Heap    int    // bytes
	UART    uart.Settings
	program string
}

// Parse reads what follows --on for a unix board: unix or unix:PROFILE.
func Parse(spec string) (Spec, error) {
	kind, name, chosen := strings.Cut(spec, ":")
	if kind != "unix" {
		return Spec{}, fmt.Errorf("board %q is not a unix board: those are %s", spec, strings.Join(Names(), ", "))
	}
	for _, p := range profiles {
		if p.name == name && chosen == (name != "") {
			return Spec{Name: spec, Heap: p.heap, program: p.program}, nil
		}
	}
	return Spec{}, fmt.Errorf("board %q: there is no such profile; there are %s", spec, strings.Join(Names(), ", "))
}

// Check says why this machine has no such board, and what to do; nil where it has.
func (s Spec) Check() error {
	if _, err := program(s.program); err != nil {
		return fmt.Errorf("board %s: %w", s.Name, err)
	}
	return nil
}

// Names lists the unix boards as users name them; the first is the default.
func Names() []string {
	var all []string
	for _, p := range profiles {
		all = append(all, strings.TrimSuffix("unix:"+p.name, ":"))
	}
	return all
}
