package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// describeMachine says on what the figures were measured.
func describeMachine(ctx context.Context) error {
	for _, program := range []string{"wrk", "node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("%w; on Debian: apt install wrk nodejs npm", err)
		}
	}
	first := func(name string, args ...string) string {
		out, _ := exec.CommandContext(ctx, name, args...).CombinedOutput() // wrk -v ends with status 1
		line, _, _ := strings.Cut(string(out), "\n")
		return strings.TrimSpace(line)
	}
	cpu := "processor unknown"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if m := regexp.MustCompile(`model name\s*:\s*(.*)`).FindSubmatch(info); m != nil {
			cpu = string(m[1])
		}
	}
	wrkVersion, _, _ := strings.Cut(first("wrk", "-v"), "Copyright")
	fmt.Printf("%s: %d processors (%s), %s %s, %s, %s, Node %s\n",
		time.Now().UTC().Format("2006-01-02"), runtime.NumCPU(), cpu, runtime.GOOS, first("uname", "-r"), runtime.Version(),
		strings.TrimSpace(wrkVersion), first("node", "--version"))
	return nil
}
