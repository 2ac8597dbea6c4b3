// Package profile says what a virtual board of a chip has that one without has not:
// what its ROM prints, its names, its flash, its pins, its Wi-Fi. A profile is data
// alone, and a chip is one file.
//
//	Profile --Module--> _profile.py, which the board's own modules read
//	        --ROM-----> what its UART says before MicroPython does
//
// What is told of a port is what its C code does (ports/esp32 and ports/esp8266 of
// MicroPython 1.25); what a ROM prints, what serial monitors have recorded.
package profile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Cause is why a board started.
type Cause int

// The causes, by the numbers that /dev/chip tells.
const (
	PowerOn   Cause = iota // the supply came
	ResetPin               // EN, or RST on an ESP8266
	ByProgram              // machine.reset
	Bitten                 // machine.WDT was not fed
	SoftReset              // Ctrl-D, SystemExit: the chip does not notice
	Panicked               // what ran on it crashed
	Woken                  // machine.deepsleep is over
	causes
)

// Profile is a chip with MicroPython on it, as the port builds it for the chip's
// generic board.
type Profile struct {
	Name     string // as users name it
	Platform string // sys.platform, and os.uname's sysname and nodename
	Machine  string // sys.implementation._machine
	Build    string // sys.implementation._build
	Release  string // of os.uname, where it is not MicroPython's
	Arch     int    // of native code: bits 10 and up of sys.implementation._mpy
	MHz      []int  // what machine.freq takes; the first is the one that it starts with
	MAC      []byte // of the station: the maker's block, and then a number of its own
	ShortID  bool   // machine.unique_id is the end of the MAC address, as an integer

	Modules []string // the folders of package rom with the modules that it has

	// ROM gives what the chip prints before MicroPython does.
	ROM func(Cause) string
	// Loader is what it prints when it waits to be flashed.
	Loader string
	// Baud is the rate at which it prints that. MicroPython's is 115200.
	Baud int
	// Gap is what MicroPython prints before its first banner.
	Gap string
	// ResetCause is what machine.reset_cause gives, by cause; -1: what it gave before.
	ResetCause [causes]int
	// ExitReboots: SystemExit in boot.py and main.py is a soft reset, not just its end.
	ExitReboots bool

	Flash     int    // bytes of the flash chip
	UserFlash int    // where its file system begins
	Files     int    // bytes of its file system
	BootFile  string // the boot.py that the first boot writes

	Pins      []int // that there are
	InputOnly int   // the pins from this one on cannot be outputs
	ADC       []int // the pins that can measure
	Timers    int   // of machine.Timer
	UARTs     int   // of machine.UART
	RTCMemory int   // bytes of machine.RTC().memory
	// ClockKept are the causes after which the clock goes on. After others but power
	// on it is what it was set to last where the chip remembers that (ClockFalls), and
	// 2000-01-01 where not.
	ClockKept  []Cause
	ClockFalls bool

	Constants    map[string]int // of the module machine
	PinConstants map[string]int // of machine.Pin
	WiFi         WiFi

	Sockets  int // open at once
	NoSocket int // the errno of one too many
}

// WiFi is how a chip joins a network, and what its port calls that.
type WiFi struct {
	Hostname string
	// Numbers of WLAN.status. LostIs is what it is while a network that has gone is
	// looked for the first time.
	Idle, Connecting, WrongPassword, NoNetwork, Joined, LostIs int
	// Remembers: the station keeps its network in flash, and joins it when it starts; its
	// access point is on from the beginning.
	Remembers bool
	// Constants are those of the module network.
	Constants map[string]int
	// Scan is how long it looks for a network that is not there, Join from connect to
	// an address, Refuse to knowing that the password is wrong, Silence until it misses
	// a network that has gone.
	Scan, Join, Refuse, Silence time.Duration
	// NameUnknown is the number of getaddrinfo's OSError.
	NameUnknown int
}

var all []*Profile

func add(p Profile) *Profile {
	all = append(all, &p)
	return &p
}

// Find gives the profile of a name.
func Find(name string) (*Profile, bool) {
	i := slices.IndexFunc(all, func(p *Profile) bool { return p.Name == name })
	if i < 0 {
		return nil, false
	}
	return all[i], true
}

// Names lists the profiles.
func Names() []string {
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return names
}

// Module is what the board's own modules know of the chip: Python source.
func (p *Profile) Module() []byte {
	var b strings.Builder
	b.WriteString("# What chip this board has: written by package profile.\n")
	for _, line := range []struct {
		name string
		is   any
	}{
		{"platform", p.Platform},
		{"machine", p.Machine},
		{"build", p.Build},
		{"release", p.Release},
		{"arch", p.Arch},
		{"mhz", tuple(p.MHz)},
		{"flash", p.Flash},
		{"user_flash", p.UserFlash},
		{"pins", tuple(p.Pins)},
		{"input_only", p.InputOnly},
		{"adc", tuple(p.ADC)},
		{"timers", p.Timers},
		{"uarts", p.UARTs},
		{"rtc_memory", p.RTCMemory},
		{"hostname", p.WiFi.Hostname},
		{"name_unknown", p.WiFi.NameUnknown},
		{"constants", dict(p.Constants)},
		{"pin_constants", dict(p.PinConstants)},
		{"network_constants", dict(p.WiFi.Constants)},
	} {
		if s, ok := line.is.(string); ok {
			line.is = fmt.Sprintf("%q", s)
		}
		fmt.Fprintf(&b, "%s = %v\n", line.name, line.is)
	}
	return []byte(b.String())
}

// tuple and dict write values as Python does.
func tuple(all []int) python {
	var b strings.Builder
	for _, n := range all {
		fmt.Fprintf(&b, "%d,", n)
	}
	return python("(" + b.String() + ")")
}

func dict(all map[string]int) python {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "%q:%d,", name, all[name])
	}
	return python("{" + b.String() + "}")
}

// python is an expression in that language.
type python string
