package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/espy-hil/espy/bench/measure"
)

// missing is what could not be installed, by name, and why: peers.sh says it.
type missing map[string]string

func readMissing(path string) (missing, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("-missing: %w", err)
	}
	all := missing{}
	for line := range strings.Lines(string(text)) {
		name, why, found := strings.Cut(strings.TrimSpace(line), "\t")
		if !found {
			return nil, fmt.Errorf("-missing: %s: no name, tab and reason: %q", path, line)
		}
		all[name] = why
	}
	return all, nil
}

// why is why there is none of that name; empty where nothing is known to be missing.
func (m missing) why(name string) string {
	if why, is := m[name]; is {
		return fmt.Sprintf("%s could not be installed: %s", name, why)
	}
	return ""
}

// needs is a source that is left out, and by name, where one of these is missing.
func (m missing) needs(s measure.Source, names ...string) measure.Source {
	start := s.Start
	s.Start = func(ctx context.Context) (*measure.Probe, error) {
		for _, name := range names {
			if why := m.why(name); why != "" {
				return nil, fmt.Errorf("%w: %s", measure.ErrMissing, why)
			}
		}
		return start(ctx)
	}
	return s
}
