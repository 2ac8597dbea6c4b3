//go:build unix && !linux

package process

import (
	"errors"
	"syscall"
)

// Born tells whether a process is there; empty: it is not.
func Born(pid int) string {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return ""
	}
	return "alive"
}
