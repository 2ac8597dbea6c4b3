//go:build !unix

package process

import "os"

// Born tells whether a process is there; empty: it is not.
func Born(pid int) string {
	p, err := os.FindProcess(pid)
	if err != nil {
		return ""
	}
	_ = p.Release()
	return "alive"
}
