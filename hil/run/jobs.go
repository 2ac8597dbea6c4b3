package run

import (
	"regexp"
	"slices"

	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// A job is a run that is still to be made.
type job struct {
	index int // place in the report
	group int // runs of one group are compared with each other
	pool  int // index of its board's pool
	board int // place of its board among those that are compared
	// reference is the place of the board that its own is compared with; itself: none.
	reference int
	version   int // index of its HTTP version among those that are compared
	scenario  *scenarios.Scenario
	variant   scenarios.Variant // its request versions set
	run       result.Run        // what is known beforehand
}

// MaxRuns is how many runs one invocation plans at most: each is kept, with every
// byte of its wire (some 5 KB), until it is reported on.
const MaxRuns = 100_000

// Planned is how many runs the scenarios ask for, or MaxRuns + 1 if there are more.
func Planned(c Config, files []*scenarios.Scenario) int {
	c = c.withDefaults()
	each := 0 // of a variant in one version
	for _, p := range c.Boards {
		each += len(p.Clients)
	}
	planned := 0
	for _, file := range files {
		for _, variant := range file.Variants {
			n := each
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
// scenario, variant, client, HTTP version, board, repeat. The order does not depend
// on how many boards share the work.
func jobs(c Config, files []*scenarios.Scenario) []*job {
	p := planner{config: c}
	for _, file := range files {
		for _, variant := range file.Variants {
			for _, client := range clients(c.Boards) {
				p.plan(file, variant, client)
			}
		}
	}
	return p.jobs
}

// clients are the clients of all boards, in the order in which they come up.
func clients(boards []Pool) []string {
	var all []string
	for _, b := range boards {
		for _, c := range b.Clients {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

// planner gathers jobs, and numbers them and their groups.
type planner struct {
	config Config
	jobs   []*job
	groups int
}

// plan adds the runs of one variant with one client, which are a group.
func (p *planner) plan(file *scenarios.Scenario, variant scenarios.Variant, client string) {
	versions := []string{variant.Steps[0].Request.HTTPVersion}
	open := leavesVersionOpen(variant)
	if open {
		versions = p.config.HTTPVersions
	}
	for v, version := range versions {
		in := variant
		if open {
			in = withVersion(variant, version)
		}
		places := p.places(client)
		for number, pool := range p.config.Boards {
			if !slices.Contains(pool.Clients, client) {
				continue
			}
			for repeat := range p.config.Repeat {
				p.jobs = append(p.jobs, &job{
					index: len(p.jobs), group: p.groups, pool: number, board: places[pool.Name], reference: places[pool.Reference], version: v, scenario: file, variant: in,
					run: result.Run{
						Scenario: file.Name, File: file.File, About: file.About, Tags: file.Tags,
						Variant: variant.Label, Board: pool.Name,
						Client: client, HTTPVersion: version, Repeat: repeat + 1,
					},
				})
			}
		}
	}
	p.groups++
}

// places are the boards that run a client, numbered as they are compared; the first is
// the reference of those that name none, or one that does not run the client.
func (p *planner) places(client string) map[string]int {
	all := map[string]int{}
	for _, pool := range p.config.Boards {
		if slices.Contains(pool.Clients, client) {
			all[pool.Name] = len(all)
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
