package sim

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"

	"github.com/espy-hil/espy/sim/runtimes"
	"github.com/espy-hil/espy/sim/uart"
	"github.com/espy-hil/espy/sim/vm"
)

// Spec is a virtual board that a user chose.
type Spec struct {
	Name    string // as the user wrote it: sim, sim:1.27, sim@1.27.0
	Release runtimes.Release
	// Reach tells what the board may connect to beside the listeners of its own
	// Listen; nil: nothing.
	Reach func(netip.AddrPort) bool
	UART  uart.Settings
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

// Parse reads what follows --on for a virtual board: sim, sim:RELEASE or sim@RELEASE.
func Parse(spec string) (Spec, error) {
	kind, release := spec, ""
	if i := strings.IndexAny(spec, ":@"); i >= 0 {
		kind, release = spec[:i], spec[i+1:]
		if release == "" {
			return Spec{}, fmt.Errorf("board %q: no release after %q; there are %s", spec, spec[i:i+1], strings.Join(Releases(), ", "))
		}
	}
	if kind != "sim" {
		return Spec{}, fmt.Errorf("board %q is not a virtual board: those are sim, sim:RELEASE and sim@RELEASE", spec)
	}
	r, ok := runtimes.Find(release)
	if !ok {
		return Spec{}, fmt.Errorf("board %q: no MicroPython release %q; there are %s", spec, release, strings.Join(Releases(), ", "))
	}
	return Spec{Name: spec, Release: r}, nil
}

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
	return vm.Shared(r.SHA256, func() (*vm.Code, error) {
		wasm, err := runtimes.Load(ctx, r, say)
		if err != nil {
			return nil, err
		}
		cache, err := runtimes.CacheDir()
		if err != nil {
			return nil, err
		}
		return vm.Compile(context.WithoutCancel(ctx), wasm, filepath.Join(cache, "compiled"))
	})
}
