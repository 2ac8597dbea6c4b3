package run

import (
	"regexp"

	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// A job is a run that is still to be made.
type job struct {
	index    int // place in the report
	group    int // runs of one group are compared with each other
	pool     int // index of its board's pool
	version  int // index of its HTTP version among those that are compared
	scenario *scenarios.Scenario
	variant  scenarios.Variant // its request versions set
	run      result.Run        // what is known beforehand
}

// MaxRuns is how many runs one invocation plans at most: each is kept, with every
// byte of its wire (some 5 KB), until it is reported on.
const MaxRuns = 100_000

// Planned is how many runs the scenarios ask for, or MaxRuns + 1 if there are more.
func Planned(c Config, files []*scenarios.Scenario) int {
	c = c.withDefaults()
	planned := 0
	for _, file := range files {
		for _, variant := range file.Variants {
			n := len(c.Boards)
			if leavesVersionOpen(variant) {
				n *= len(c.HTTPVersions)
			}
			if n > 0 && c.Repeat > (MaxRuns-planned)/n {
				return MaxRuns + 1
			}
			planned += n * c.Repeat
		}
	}
	return planned
}

// jobs is every run that the scenarios ask for, in the order of the report:
// scenario, variant, HTTP version, board, repeat. The order does not depend on how
// many boards share the work.
func jobs(c Config, files []*scenarios.Scenario) []*job {
	var all []*job
	group := 0
	for _, file := range files {
		for _, variant := range file.Variants {
			versions := []string{variant.Steps[0].Request.HTTPVersion}
			open := leavesVersionOpen(variant)
			if open {
				versions = c.HTTPVersions
			}
			for v, version := range versions {
				in := variant
				if open {
					in = withVersion(variant, version)
				}
				for p, pool := range c.Boards {
					for repeat := range c.Repeat {
						all = append(all, &job{
							index: len(all), group: group, pool: p, version: v, scenario: file, variant: in,
							run: result.Run{
								Scenario: file.Name, File: file.File, Variant: variant.Label, Board: pool.Name,
								Client: c.Client, HTTPVersion: version, Repeat: repeat + 1,
							},
						})
					}
				}
			}
			group++
		}
	}
	return all
}

var namesVersion = regexp.MustCompile(`HTTP/\d`)

// leavesVersionOpen tells whether --http-version may vary a scenario: neither
// does a request ask for a version, nor is one expected. An expression that a
// version must satisfy is the file's own way of leaving it open.
func leavesVersionOpen(v scenarios.Variant) bool {
	for i := range v.Steps {
		s := &v.Steps[i]
		if s.Request.HTTPVersion != "" || isLiteral(s.Expect.Version) || isLiteral(s.Expect.RequestVersion) {
			return false
		}
		if s.Wire == nil {
			continue
		}
		for _, item := range s.Wire.Items {
			if isLiteral(item.Line) && namesVersion.MatchString(item.Line.Text) {
				return false
			}
		}
	}
	return true
}

func isLiteral(m *scenarios.Match) bool { return m != nil && m.Regexp == nil && !m.Absent }

// withVersion is a variant that asks for an HTTP version in every step.
func withVersion(v scenarios.Variant, version string) scenarios.Variant {
	steps := make([]scenarios.Step, len(v.Steps))
	copy(steps, v.Steps)
	for i := range steps {
		steps[i].Request.HTTPVersion = version
	}
	v.Steps = steps
	return v
}
