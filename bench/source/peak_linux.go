package source

import (
	"os"
	"syscall"
)

// peak is the most memory that a process had, in MiB: getrusage(2) tells KiB on Linux.
func peak(p *os.ProcessState) (mib float64, known bool) {
	return float64(p.SysUsage().(*syscall.Rusage).Maxrss) / 1024, true
}
