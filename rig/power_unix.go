//go:build unix

package rig

import (
	"os/exec"
	"syscall"
)

// together has the command end with all that it has started.
func together(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
}
