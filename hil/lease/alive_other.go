//go:build !unix

package lease

import "os"

// alive tells whether a process of this machine is there.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err == nil {
		_ = p.Release()
	}
	return err == nil
}
