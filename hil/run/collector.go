package run

import (
	"sync"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/result"
)

// A collector gathers runs, compares each with those that it is measured by as
// soon as they are there, and tells the observer.
type collector struct {
	config Config

	mu     sync.Mutex
	jobs   []*job
	runs   []*result.Run // by job; nil where there is none yet
	told   []bool        // by job: the verdict stands, and the observer knows it
	groups []group
	boards map[string]result.Board
	stop   bool
}

func newCollector(c Config, all []*job) *collector {
	col := &collector{
		config: c, jobs: all, runs: make([]*result.Run, len(all)), told: make([]bool, len(all)),
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
	c.boards[name] = result.Board{
		Name: name, Kind: h.Platform, MicroPython: h.MicroPython, Machine: h.Machine, Firmware: h.Firmware,
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
	c.runs[j.index] = r
	c.stopAfter(r)
	for _, member := range c.groups[j.group].members {
		c.judge(member, false)
	}
}

// judge gives a run its verdict and tells the observer, once what it is measured
// by is there; or now, if nothing more is to come.
func (c *collector) judge(j *job, now bool) {
	r := c.runs[j.index]
	if r == nil || c.told[j.index] {
		return
	}
	measures := c.groups[j.group].measures(j)
	for _, m := range measures {
		if !now && r.Verdict == result.Pass && c.runs[m.job.index] == nil {
			return
		}
	}
	for _, m := range measures {
		compareWith(m, j, c.runs[m.job.index], r)
	}
	c.told[j.index] = true
	c.stopAfter(r)
	c.config.Observer.Finished(r)
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
	for _, j := range c.jobs {
		c.judge(j, true)
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
	report.Totals = result.Count(report.Runs)
	return report
}
