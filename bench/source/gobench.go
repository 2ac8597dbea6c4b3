// Package source has what can be measured from outside: Go benchmarks, programs,
// servers. It knows nothing of what they are.
package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/espy-hil/espy/bench/measure"
)

// Go is a module with benchmarks. A package's are compiled once.
type Go struct {
	Root string // the module's folder
	Dir  string // for what is compiled
	Env  []string

	mu       sync.Mutex
	compiled map[string]error
}

// Bench is the source whose readings are the metrics of the benchmarks of a package
// that match a pattern, as -bench takes it: "PeerHeap/stock B-imported" is what
// BenchmarkPeerHeap/stock reports as B-imported. Beside ns/op there are µs/op, ms/op and
// s/op. A round is one go of each for the given time, or number of times ("3x").
//
// A benchmark that cannot give a metric says so on stderr, in a line of its own: "left
// out: PeerHeap/yours B-imported: why".
func (g *Go) Bench(pkg, pattern, length string) measure.Source {
	name := strings.TrimPrefix(pkg, "./") + " " + pattern
	return measure.Source{Name: name, Start: func(ctx context.Context) (*measure.Probe, error) {
		exe, err := g.compile(ctx, pkg)
		if err != nil {
			return nil, err
		}
		cannot := map[string]string{}
		round := func(ctx context.Context) (measure.Readings, error) {
			cmd := exec.CommandContext(ctx, exe, "-test.run=^$", "-test.bench="+pattern, "-test.benchtime="+length, "-test.benchmem", "-test.timeout=9m")
			cmd.Dir, cmd.Env = filepath.Join(g.Root, pkg), append(os.Environ(), g.Env...)
			var out, aside bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &aside
			if _, err := runReaped(cmd); err != nil {
				return nil, fmt.Errorf("%w: %s", err, last(append(out.Bytes(), aside.Bytes()...), 600))
			}
			maps.Copy(cannot, reasons(aside.String()))
			return parse(out.String())
		}
		return &measure.Probe{Round: round, Cannot: func(reading string) string { return cannot[reading] }}, nil
	}}
}

func (g *Go) compile(ctx context.Context, pkg string) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	exe := filepath.Join(g.Dir, strings.NewReplacer("/", "-", ".", "").Replace(pkg)+".test")
	err, done := g.compiled[pkg]
	if !done {
		cmd := exec.CommandContext(ctx, "go", "test", "-c", "-tags=peers", "-o", exe, pkg)
		cmd.Dir = g.Root
		if out, failed := cmd.CombinedOutput(); failed != nil {
			err = fmt.Errorf("compiling the benchmarks of %s: %w: %s", pkg, failed, last(out, 600))
		} else if _, missing := os.Stat(exe); missing != nil {
			err = fmt.Errorf("%s has no tests", pkg)
		}
		if g.compiled == nil {
			g.compiled = map[string]error{}
		}
		g.compiled[pkg] = err
	}
	return exe, err
}

// leftOut is the line that tells of a metric which could not be measured.
var leftOut = regexp.MustCompile(`(?m)^left out: (\S+ \S+): (.*)$`)

// reasons are why metrics were left out, by the names of their readings.
func reasons(aside string) map[string]string {
	all := map[string]string{}
	for _, m := range leftOut.FindAllStringSubmatch(aside, -1) {
		all[m[1]] = m[2]
	}
	return all
}

// benchmark is the line of one: its name, how often it ran, and its metrics.
var benchmark = regexp.MustCompile(`(?m)^Benchmark(\S+)\s+\d+\t(.*)$`)

// processors is what go test adds to a name where there are more than one.
var processors = regexp.MustCompile(`-\d+$`)

// parse reads what benchmarks print.
func parse(out string) (measure.Readings, error) {
	all := measure.Readings{}
	for _, m := range benchmark.FindAllStringSubmatch(out, -1) {
		name := processors.ReplaceAllString(m[1], "")
		words := strings.Fields(m[2])
		for i := 0; i+1 < len(words); i += 2 {
			v, err := strconv.ParseFloat(words[i], 64)
			if err != nil {
				return nil, fmt.Errorf("no metric of a benchmark: %q in %q", words[i], m[0])
			}
			all[name+" "+words[i+1]] = v
			if words[i+1] == "ns/op" {
				all[name+" µs/op"], all[name+" ms/op"], all[name+" s/op"] = v/1e3, v/1e6, v/1e9
			}
		}
	}
	if len(all) == 0 {
		return nil, errors.New("no benchmark ran: " + last([]byte(out), 600))
	}
	return all, nil
}

// last is the end of what a program has said: that is where the trouble is.
func last(out []byte, most int) string {
	text := strings.TrimSpace(string(out))
	if len(text) > most {
		text = "…" + text[len(text)-most:]
	}
	return text
}
