package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/espy-hil/espy/sim"
)

// versionCommand is espy version.
type versionCommand struct{}

// Run prints the version, and what the virtual boards can be.
func (versionCommand) Run() error {
	_, err := fmt.Fprintf(os.Stdout, "espy %s (%s, %s/%s)\nMicroPython %s\n",
		version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, strings.Join(sim.Releases(), ", "))
	return err
}

// version is the version that the Go tool has put into the program: a tag, or
// (devel) with the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
