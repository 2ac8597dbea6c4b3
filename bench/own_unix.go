//go:build unix

package main

import "syscall"

// ownTime is the processor time of this program and of its children that have ended.
func ownTime() (seconds float64, known bool) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) != nil {
			return 0, false
		}
		seconds += float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
	}
	return seconds, true
}
