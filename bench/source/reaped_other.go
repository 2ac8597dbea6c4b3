//go:build !linux

package source

import (
	"os/exec"
	"time"
)

// ReapCommand is never given here: orphans go where the system sends them.
const ReapCommand = "reap"

// Reap is nothing here.
func Reap([]string) (status int) { return 1 }

// usage is what a program took. How much memory is not known here: systems count it in
// units of their own.
type usage struct{ Seconds, CPU, MiB float64 }

func runReaped(cmd *exec.Cmd) (usage, error) {
	begun := time.Now()
	if err := cmd.Run(); err != nil {
		return usage{}, err
	}
	return usage{Seconds: time.Since(begun).Seconds(), CPU: (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()}, nil
}
