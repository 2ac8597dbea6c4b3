package run

import (
	"sync"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/result"
)

// A collector gathers runs, judges each group when it is complete, and tells the
// observer.
type collector struct {
	config Config

	mu      sync.Mutex
	jobs    []*job
	runs    []*result.Run // by job; nil where there is none yet
	waiting map[int]int   // by group: jobs without a run
	groups  map[int][]*job
	boards  map[string]result.Board
	stop    bool
}

func newCollector(c Config, all []*job) *collector {
	col := &collector{
		config: c, jobs: all, runs: make([]*result.Run, len(all)),
		waiting: map[int]int{}, groups: map[int][]*job{}, boards: map[string]result.Board{},
	}
	for _, j := range all {
		col.waiting[j.group]++
		col.groups[j.group] = append(col.groups[j.group], j)
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
	if c.waiting[j.group]--; c.waiting[j.group] == 0 {
		c.judge(j.group)
	}
}

// judge compares the runs of a group with each other and hands them on.
func (c *collector) judge(group int) {
	members := c.groups[group]
	compareGroup(members, c.runs, c.config)
	for _, j := range members {
		if r := c.runs[j.index]; r != nil {
			c.stopAfter(r)
			c.config.Observer.Finished(r)
		}
	}
	delete(c.waiting, group)
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

// report is everything that was learnt. Groups that were left incomplete are
// judged by what there is.
func (c *collector) report() result.Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	report := result.Report{Boards: []result.Board{}, Runs: []result.Run{}}
	for _, j := range c.jobs {
		if _, open := c.waiting[j.group]; open {
			c.judge(j.group)
		}
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
