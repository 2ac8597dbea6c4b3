package source

import (
	"bytes"
	"fmt"
	"os/exec"

	"github.com/espy-hil/espy/bench/measure"
)

// Installed is the path of a program, or says that it is missing.
func Installed(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%w: %s is not installed", measure.ErrMissing, name)
	}
	return path, nil
}

// Run runs a program to its end, which must be a success: "s" and "ms" are how long it
// takes, "cpu-s" what it and all that it starts use of the processors, "MiB" the most
// that one of these processes holds in memory.
func Run(cmd *exec.Cmd) (measure.Readings, error) {
	var out bytes.Buffer
	if cmd.Stdout == nil {
		cmd.Stdout = &out
	}
	if cmd.Stderr == nil {
		cmd.Stderr = &out
	}
	name := fmt.Sprintf("%.200s", cmd)
	u, err := runReaped(cmd)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", name, err, last(out.Bytes(), 600))
	}
	readings := measure.Readings{"s": u.Seconds, "ms": u.Seconds * 1e3, "cpu-s": u.CPU}
	if u.MiB > 0 {
		readings["MiB"] = u.MiB
	}
	return readings, nil
}
