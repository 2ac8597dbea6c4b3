package sim

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/link"
	"github.com/espy-hil/espy/sim/profile"
	"github.com/espy-hil/espy/sim/runtimes"
	"github.com/espy-hil/espy/sim/uart"
	"github.com/espy-hil/espy/sim/vm"
	"github.com/espy-hil/espy/sim/wifi"
)

// Spec is a virtual board that a user chose.
type Spec struct {
	Name    string // as the user wrote it: sim, sim:1.27, sim:esp32@1.27.0
	Release runtimes.Release
	Chip    *profile.Profile // nil: a VM with a UART and a network, and nothing of a chip
	Serial  uint16           // tells chips of one kind from each other: the end of their MAC addresses
	// Flash is a folder of the host where the board's flash is kept; "": in memory, as
	// long as the board has power. Warn is told of trouble with it; nil: standard error.
	Flash string
	Warn  func(string)
	// Reach tells what the board may connect to beside the listeners of its own
	// Listen; nil: nothing.
	Reach func(netip.AddrPort) bool
	UART  uart.Settings
	Link  link.Conditions
	WiFi  wifi.Settings // of a chip
}

// Releases lists the MicroPython releases that virtual boards run, as users name
// them, oldest first. The last is the default.
func Releases() []string {
	var names []string
	for _, r := range runtimes.Releases() {
		names = append(names, r.Name)
	}
	return names
}

// Kinds says how virtual boards are called, for help and errors.
const Kinds = "sim, sim:RELEASE, sim:CHIP, sim:CHIP@RELEASE"

// Parse reads what follows --on for a virtual board: sim, sim:RELEASE or sim@RELEASE,
// and with a chip sim:CHIP and sim:CHIP@RELEASE; then its options.
func Parse(spec string) (Spec, error) {
	parts := strings.Split(spec, "+")
	s, err := parse(parts[0])
	if err != nil {
		return Spec{}, err
	}
	s.Name = spec
	if err := s.set(parts[1:]); err != nil {
		return Spec{}, fmt.Errorf("board %q: %w", spec, err)
	}
	return s, nil
}

func parse(spec string) (Spec, error) {
	kind, rest := spec, ""
	if i := strings.IndexAny(spec, ":@"); i >= 0 {
		kind, rest = spec[:i], spec[i+1:]
		if rest == "" {
			return Spec{}, fmt.Errorf("board %q: no release or chip after %q; there are %s, and %s", spec, spec[i:i+1], strings.Join(Releases(), ", "), chips())
		}
	}
	if kind != "sim" {
		return Spec{}, fmt.Errorf("board %q is not a virtual board: those are %s", spec, Kinds)
	}
	if rest == "" {
		r, _ := runtimes.Find("")
		return Spec{Name: spec, Release: r}, nil
	}
	if r, ok := runtimes.Find(rest); ok {
		return Spec{Name: spec, Release: r}, nil
	}
	name, release, named := strings.Cut(rest, "@")
	chip, ok := profile.Find(name)
	switch {
	case spec[len(kind)] == '@', rest[0] >= '0' && rest[0] <= '9':
		return Spec{}, fmt.Errorf("board %q: no MicroPython release %q; there are %s", spec, rest, strings.Join(Releases(), ", "))
	case !ok && !named:
		return Spec{}, fmt.Errorf("board %q: no MicroPython release and no chip %q; there are %s, and %s", spec, name, strings.Join(Releases(), ", "), chips())
	case !ok:
		return Spec{}, fmt.Errorf("board %q: no chip %q; there are %s", spec, name, chips())
	case named && release == "":
		return Spec{}, fmt.Errorf("board %q: no release after %q; there are %s", spec, "@", strings.Join(Releases(), ", "))
	}
	r, ok := runtimes.Find(release)
	if !ok {
		return Spec{}, fmt.Errorf("board %q: no MicroPython release %q; there are %s", spec, release, strings.Join(Releases(), ", "))
	}
	return Spec{Name: spec, Release: r, Chip: chip, Link: link.Conditions{Sockets: chip.Sockets, SocketsNo: errno.Errno(chip.NoSocket)}}, nil
}

func chips() string { return "the chips " + strings.Join(profile.Names(), ", ") }

// Setup fetches and compiles what virtual boards need, for every release.
// say is called with a line for what takes time.
func Setup(ctx context.Context, say func(format string, args ...any)) error {
	for _, r := range runtimes.Releases() {
		if _, err := code(ctx, r, say); err != nil {
			return err
		}
	}
	return nil
}

// code gives a release compiled, once per process.
func code(ctx context.Context, r runtimes.Release, say runtimes.Say) (*vm.Code, error) {
	return vm.Shared(fmt.Sprint(r.SHA256, r.Layout), func() (*vm.Code, error) {
		wasm, err := runtimes.Load(ctx, r, say)
		if err != nil {
			return nil, err
		}
		cache, err := runtimes.CacheDir()
		if err != nil {
			return nil, err
		}
		return vm.Compile(context.WithoutCancel(ctx), wasm, vm.Layout(r.Layout), filepath.Join(cache, "compiled"))
	})
}
