package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/espy-hil/espy/bench/measure"
	"github.com/espy-hil/espy/bench/source"
)

// withoutSlow leaves out what waits for a time limit on purpose.
const withoutSlow = "!slow"

// run is the source that runs scenarios with espy, on so many processors (0: all):
// beside what source.Run gives there is "runs/s". Every run must be as it should.
func (h *house) run(name string, processors int, args ...string) measure.Source {
	return measure.Source{Name: name, Start: func(ctx context.Context) (*measure.Probe, error) {
		results := filepath.Join(h.dir, "results.json")
		counted, err := h.count(ctx, results, args)
		if err != nil {
			return nil, err
		}
		return &measure.Probe{Round: func(ctx context.Context) (measure.Readings, error) {
			r, err := source.Run(on(ctx, processors, h.espy, append([]string{"run"}, args...)...))
			if err == nil {
				r["runs"], r["runs/s"] = float64(counted), float64(counted)/r["s"]
			}
			return r, err
		}}, nil
	}}
}

// count makes the runs once, unmeasured, and tells how many there are.
func (h *house) count(ctx context.Context, results string, args []string) (int, error) {
	if _, err := source.Run(exec.CommandContext(ctx, h.espy, append([]string{"run", "--json", results}, args...)...)); err != nil {
		return 0, err
	}
	content, err := os.ReadFile(results)
	if err != nil {
		return 0, err
	}
	var report struct{ Totals struct{ Pass, Known int } }
	if err := json.Unmarshal(content, &report); err != nil {
		return 0, fmt.Errorf("reading %s: %w", results, err)
	}
	return report.Totals.Pass + report.Totals.Known, nil
}

// on is a command that may use the first so many processors; 0: all.
func on(ctx context.Context, processors int, program string, args ...string) *exec.Cmd {
	if processors == 0 {
		return exec.CommandContext(ctx, program, args...)
	}
	return exec.CommandContext(ctx, "taskset", append([]string{"-c", fmt.Sprintf("0-%d", processors-1), program}, args...)...)
}
