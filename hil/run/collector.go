package run

import (
	"slices"
	"sync"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/journal"
	"github.com/espy-hil/espy/hil/result"
)

// A collector gathers runs, compares each with those that it is measured by as
// soon as they are there, and tells the observer.
type collector struct {
	config Config

	mu     sync.Mutex
	jobs   []*job
	runs   []*result.Run // by job; nil where there is none yet
	failed []bool        // by job: the run contradicts its file, whatever the ledger says of that
	groups []group
	boards map[string]result.Board
	stop   bool
}

func newCollector(c Config, all []*job) *collector {
	col := &collector{
		config: c, jobs: all, runs: make([]*result.Run, len(all)), failed: make([]bool, len(all)),
		boards: map[string]result.Board{},
	}
	for _, j := range all {
		if j.group == len(col.groups) {
			col.groups = append(col.groups, group{})
		}
		col.groups[j.group].add(j)
	}
	return col
}

// hello takes down what a board says of itself.
func (c *collector) hello(name string, h agent.Hello) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := result.Board{
		Name: name, Kind: h.Platform, MicroPython: h.MicroPython, Machine: h.Machine, Firmware: h.Firmware,
	}
	if c.boards[name] != b {
		c.boards[name] = b
		c.config.Journal.Board(b)
	}
}

// started tells the observer of a job that a board has taken.
func (c *collector) started(j *job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := j.run
	c.config.Observer.Started(&r)
}

// finished takes a run whose verdict stands as far as it stands alone.
func (c *collector) finished(j *job, r *result.Run) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.config.Redact.Run(r)
	c.config.Journal.Made(j.index, r)
	c.take(j, r)
}

// take takes a run in, and judges those that waited for it.
func (c *collector) take(j *job, r *result.Run) {
	c.runs[j.index], c.failed[j.index] = r, r.Verdict == result.Fail
	g := &c.groups[j.group]
	g.missing[j.place().first()]--
	g.waiting = append(g.waiting, j)
	g.waiting = slices.DeleteFunc(g.waiting, func(j *job) bool { return c.judge(j, false) })
}

// recall takes in what was made earlier of this plan.
func (c *collector) recall(e *journal.Earlier) {
	if e == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range e.Boards {
		c.boards[b.Name] = b
	}
	for _, j := range c.jobs {
		r, made := e.Runs[j.index], e.Runs[j.index] != nil
		if made && r.Scenario == j.run.Scenario && r.Variant == j.run.Variant && r.Board == j.run.Board && r.Client == j.run.Client {
			c.take(j, r)
		}
	}
}

// has tells whether a run has been made.
func (c *collector) has(j *job) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.runs[j.index] != nil
}

// judge gives a run its verdict and tells the observer, once what it is measured
// by is there; or now, if nothing more is to come. It tells whether that is done.
func (c *collector) judge(j *job, now bool) bool {
	r := c.runs[j.index]
	g := &c.groups[j.group]
	if !now && r.Verdict == result.Pass && !c.have(g, j) {
		return false
	}
	compared := false // with another board, or version
	for _, m := range j.measures() {
		did := c.compareWith(g, m, j, r)
		compared = compared || did && m.verdict == result.Diverged
	}
	if c.config.Ledger != nil {
		c.config.Ledger.Judge(r, j.variant.Steps, compared)
	}
	c.stopAfter(r)
	c.config.Observer.Finished(r)
	return true
}

// have tells whether everything that a run is measured by is there.
func (c *collector) have(g *group, j *job) bool {
	for _, m := range j.measures() {
		if _, settled := c.reference(g, m, j); !settled {
			return false
		}
		for _, p := range m.baseline {
			if g.missing[p] > 0 {
				return false
			}
		}
	}
	return true
}

// stopAfter ends the whole after a run that is not as it should be, if the user
// wants that.
func (c *collector) stopAfter(r *result.Run) {
	switch r.Verdict {
	case result.Fail, result.Flaky, result.Diverged, result.Rig:
		c.stop = c.stop || c.config.FailFast
	}
}

// stopped tells whether no new run is to be started.
func (c *collector) stopped() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stop
}

// report is everything that was learnt. Runs whose measure did not come are judged
// by what there is.
func (c *collector) report() result.Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	report := result.Report{Boards: []result.Board{}, Runs: []result.Run{}}
	for i := range c.groups {
		for _, j := range c.groups[i].waiting {
			c.judge(j, true)
		}
	}
	for _, j := range c.jobs {
		if r := c.runs[j.index]; r != nil {
			report.Runs = append(report.Runs, *r)
		} else {
			report.Interrupted = true
		}
	}
	for _, pool := range c.config.Boards {
		b, ok := c.boards[pool.Name]
		if !ok {
			b = result.Board{Name: pool.Name}
		}
		report.Boards = append(report.Boards, b)
	}
	if c.config.Ledger != nil && !report.Interrupted { // a run that was not made may show the difference still
		report.Stale = c.config.Ledger.Stale()
	}
	report.Totals = result.Count(report.Runs)
	return report
}
