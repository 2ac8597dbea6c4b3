//go:build unix

package lease

import (
	"errors"
	"syscall"
)

// alive tells whether a process of this machine is there.
func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
