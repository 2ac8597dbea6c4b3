package process

import (
	"bytes"
	"fmt"
	"os"
)

// Born tells one process of a number from the next that gets it: when it was started,
// in the kernel's ticks. Empty: there is none, or one that is dead and only not yet
// waited for (proc_pid_stat(5)).
func Born(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil || !bytes.Contains(text, []byte(") ")) {
		return ""
	}
	const state, start = 0, 19 // counted from behind the name, which may hold anything
	fields := bytes.Fields(text[bytes.LastIndex(text, []byte(") "))+2:])
	if len(fields) <= start || bytes.ContainsAny(fields[state], "ZX") {
		return ""
	}
	return string(fields[start])
}
