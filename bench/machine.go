package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/espy-hil/espy/bench/document"
	"github.com/espy-hil/espy/bench/npm"
)

// load is the load average of the last minute.
func load() float64 {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	v, _ := strconv.ParseFloat(first, 64)
	return v
}

// watchLoad looks at the load average until it is asked.
func watchLoad() func() (before, least, most float64) {
	before := load()
	least, most := before, before
	end, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-end:
				return
			case <-time.After(5 * time.Second):
				least, most = min(least, load()), max(most, load())
			}
		}
	}()
	return func() (float64, float64, float64) {
		close(end)
		<-done
		return before, least, most
	}
}

// describe says on what it was measured, and with which programs.
func describe(ctx context.Context, r *document.Report, before, least, most float64) {
	first := func(name string, args ...string) string {
		out, _ := exec.CommandContext(ctx, name, args...).CombinedOutput() // wrk -v ends with status 1
		line, _, _ := strings.Cut(string(out), "\n")
		return strings.TrimSpace(line)
	}
	r.Machine = document.Machine{
		Processors: runtime.NumCPU(),
		Processor:  inFile("/proc/cpuinfo", `model name\s*:\s*(.*)`),
		Memory:     memory(),
		System:     runtime.GOOS + " " + first("uname", "-r"),
		Before:     before, Least: least, Most: most,
	}
	r.Commit = first("git", "rev-parse", "--short=12", "HEAD")
	r.Commit = cmp.Or(r.Commit, "(no git to ask for the commit)")
	if first("git", "status", "--porcelain", "--untracked-files=no") != "" {
		r.Commit += " and changes"
	}
	for _, p := range []struct{ name, version string }{
		{"Go", strings.TrimPrefix(runtime.Version(), "go")},
		{"Node", first("node", "--version")},
		{"npm", first("npm", "--version")},
		{"wrk", regexp.MustCompile(`\d\S*`).FindString(first("wrk", "-v"))},
		{"nginx", regexp.MustCompile(`\d\S*`).FindString(first("nginx", "-v"))},
		{"json-server", npm.Version("json-server")},
		{"newman", npm.Version("newman")},
	} {
		if p.version == "" {
			p.version = "(not there)"
		}
		r.Versions = append(r.Versions, document.Version{Program: p.name, Version: p.version})
	}
}

func inFile(path, expression string) string {
	text, _ := os.ReadFile(path)
	if m := regexp.MustCompile(expression).FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return "unknown"
}

func memory() string {
	kb, err := strconv.Atoi(inFile("/proc/meminfo", `MemTotal:\s+(\d+) kB`))
	if err != nil {
		return "an unknown amount"
	}
	return fmt.Sprintf("%.0f GiB", float64(kb)/(1<<20))
}
