package main

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

// spent is what the processors had to do so far, in seconds: all of it, and the part of
// this program and what it has started and seen end.
type spent struct {
	at       time.Time
	all, own float64
}

// watchOthers gives a function that tells which part of the processors other programs
// had since then; not known where /proc/stat is not.
func watchOthers() func() (part float64, known bool) {
	before, known := spentSoFar()
	if !known {
		return func() (float64, bool) { return 0, false }
	}
	return func() (float64, bool) {
		after, known := spentSoFar()
		return partOfOthers(before, after, runtime.NumCPU()), known
	}
}

func partOfOthers(before, after spent, processors int) float64 {
	had := after.at.Sub(before.at).Seconds() * float64(processors)
	return max(0, (after.all-before.all)-(after.own-before.own)) / had
}

// parseStat gives what processes took, in seconds, of the first line of /proc/stat: user,
// nice, system and what another virtual machine stole, in hundredths (proc(5)). What
// interrupts took is nobody's.
func parseStat(text string) (seconds float64, err error) {
	var user, nice, system, idle, wait, irq, soft, stolen float64
	_, err = fmt.Sscanf(text, "cpu %g %g %g %g %g %g %g %g", &user, &nice, &system, &idle, &wait, &irq, &soft, &stolen)
	return (user + nice + system + stolen) / 100, err
}

func spentSoFar() (spent, bool) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return spent{}, false
	}
	all, err := parseStat(string(text))
	own, known := ownTime()
	return spent{time.Now(), all, own}, err == nil && known
}
