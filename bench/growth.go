package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/espy-hil/espy/bench/measure"
	"github.com/espy-hil/espy/bench/source"
)

func init() { register(growth) }

// growth is what more of everything costs.
func growth(h *house) []measure.Experiment {
	scenarios, boards := []int{100, 1_000, 10_000}, []int{1, 10, 100, 1_000}
	if h.quick {
		scenarios, boards = []int{100, 1_000}, []int{1, 10, 100}
	}
	return []measure.Experiment{h.moreScenarios(scenarios), h.moreBoards(boards)}
}

// grown are the figures of something for each of so many, the curve through them, and
// how many times what one of the fewest costs one of the most does, and so over the last
// step alone, in which what is once for all is less of it.
func grown(id, what string, many []int) ([]measure.Figure, measure.Curve) {
	c := measure.Curve{Name: what}
	var all []measure.Figure
	for _, n := range many {
		of := fmt.Sprintf("%s/%d", id, n)
		all = append(all, measure.Figure{ID: of, What: fmt.Sprintf("%s, %d", what, n), Unit: "s", Better: measure.Less, Of: []measure.Series{{Who: "espy", Reading: of}}})
		c.Points = append(c.Points, measure.Point{Of: n, Figure: of})
	}
	last := many[len(many)-1]
	for name, first := range stepsOf(many) {
		all = append(all, measure.Figure{ID: id + "/" + name, What: fmt.Sprintf("%s, one of %d to one of %d", what, last, first), Unit: measure.Times, Better: measure.Less, Of: []measure.Series{{Who: "espy", Reading: id + "/" + name}}})
	}
	return all, c
}

// stepsOf are the growths that are told: each to the last of so many, from which.
func stepsOf(many []int) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		_ = yield("growth", many[0]) && yield("last-step", many[len(many)-2])
	}
}

// grow adds to readings how the last of them has grown.
func grow(r measure.Readings, id string, many []int) {
	last := many[len(many)-1]
	one := func(n int) float64 { return r[fmt.Sprintf("%s/%d", id, n)] / float64(n) }
	for name, first := range stepsOf(many) {
		r[id+"/"+name] = one(last) / one(first)
	}
}

const scenario = `name: album %d of many
about: one of a folder that grows
tags: [many]

request: {get: /albums/%d}

expect:
  status_code: 200
  json: {id: %d}
`

func (h *house) moreScenarios(many []int) measure.Experiment {
	load, loads := grown("scenarios/load", "`espy lint`", many)
	run, runs := grown("scenarios/run", "`espy run --json`", many)
	report, reports := grown("scenarios/report", "`espy report`", many)
	return measure.Experiment{
		Section: "Growth", Title: "From 100 to 10,000 scenarios",
		About: "A folder of scenario files, a GET of an album each: reading and checking them (`espy lint`), running them on the VM with all results written as JSON (`espy run --json`), and reading these and writing all reports of them, HTML, JUnit XML, Markdown and JSON (`espy report`). Whole processes, " +
			"of which what is once for all is a part: 1 × is in line, less is better than that. The last step is told as well, since in it that part is smaller. The dashed lines are what would be in line with the last point.",
		Sources: []measure.Source{{Name: "scenarios", Start: func(context.Context) (*measure.Probe, error) {
			for _, n := range many {
				if err := h.writeScenarios(n); err != nil {
					return nil, err
				}
			}
			return &measure.Probe{Round: func(ctx context.Context) (measure.Readings, error) { return h.runScenarios(ctx, many) }}, nil
		}}},
		Figures: join(load, run, report),
		Curves:  []measure.Curve{loads, runs, reports},
	}
}

func (h *house) folder(n int) string { return filepath.Join(h.dir, fmt.Sprintf("scenarios-%d", n)) }

func (h *house) writeScenarios(n int) error {
	if err := os.MkdirAll(h.folder(n), 0o755); err != nil {
		return err
	}
	for i := range n {
		id := i%100 + 1
		if err := os.WriteFile(filepath.Join(h.folder(n), fmt.Sprintf("%05d.yaml", i)), fmt.Appendf(nil, scenario, i, id, id), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) runScenarios(ctx context.Context, many []int) (measure.Readings, error) {
	all := measure.Readings{}
	for _, n := range many {
		in := func(name string) string { return filepath.Join(h.dir, name) }
		for _, c := range []struct {
			id   string
			args []string
		}{
			{"scenarios/load", []string{"lint", h.folder(n)}},
			{"scenarios/run", []string{"run", "--json", in("many.json"), h.folder(n)}},
			{"scenarios/report", []string{"report", in("many.json"), "--html", in("many.html"), "--junit", in("many.xml"), "--markdown", in("many.md"), "--json", in("again.json")}},
		} {
			r, err := source.Run(exec.CommandContext(ctx, h.espy, c.args...))
			if err != nil {
				return nil, err
			}
			all[fmt.Sprintf("%s/%d", c.id, n)] = r["s"]
		}
	}
	for _, id := range []string{"scenarios/load", "scenarios/run", "scenarios/report"} {
		grow(all, id, many)
	}
	return all, nil
}

func (h *house) moreBoards(many []int) measure.Experiment {
	run, runs := grown("boards/run", "`espy run` on boards", many)
	e := measure.Experiment{
		Section: "Growth", Title: "From 1 to 1,000 boards", Long: true,
		About: "As many virtual boards behind TCP sockets, which one `espy sim --boards` publishes, and one `espy run` with all of them: a conversation with each, the firmware found to be there, one GET, verdicts, and a comparison of all with the first. " +
			"What `espy sim` does for them is a part of it: both share the processors. `espy run` speaks to 64 of them at once.",
		Figures: run,
		Curves:  []measure.Curve{runs},
	}
	e.Sources = []measure.Source{{Name: "boards", Start: func(ctx context.Context) (*measure.Probe, error) {
		var all []*published
		stop := func() {
			for _, p := range all {
				p.stop()
			}
		}
		for _, n := range many {
			p, err := h.publish(ctx, n)
			if err != nil {
				stop()
				return nil, err
			}
			all = append(all, p)
		}
		round := func(ctx context.Context) (measure.Readings, error) {
			r := measure.Readings{}
			for i, p := range all {
				took, err := p.run(ctx, h)
				if err != nil {
					return nil, err
				}
				r[fmt.Sprintf("boards/run/%d", many[i])] = took
			}
			grow(r, "boards/run", many)
			return r, nil
		}
		return &measure.Probe{Round: round, Stop: stop}, nil
	}}}
	return e
}

// published are virtual boards behind TCP sockets.
type published struct {
	cmd  *exec.Cmd
	urls []string
}

var boardAt = regexp.MustCompile(`tcp://[0-9.]+:\d+`)

// publish publishes boards, and has each get its firmware.
func (h *house) publish(ctx context.Context, n int) (*published, error) {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), h.espy, "sim", "--boards", fmt.Sprint(n), "--tcp", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &published{cmd: cmd}
	late := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	for lines := bufio.NewScanner(out); len(p.urls) < n && lines.Scan(); {
		if url := boardAt.FindString(lines.Text()); url != "" {
			p.urls = append(p.urls, url)
		}
	}
	late.Stop()
	if len(p.urls) < n {
		p.stop()
		return nil, errors.New("espy sim published fewer boards than it was asked for")
	}
	if _, err := p.run(ctx, h); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

func (p *published) stop() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	hard := time.AfterFunc(10*time.Second, func() { p.cmd.Process.Kill() })
	defer hard.Stop()
	p.cmd.Wait()
}

// run runs one scenario on all of them, and gives the seconds.
func (p *published) run(ctx context.Context, h *house) (float64, error) {
	r, err := source.Run(exec.CommandContext(ctx, h.espy, "run", "--on", strings.Join(p.urls, ","), oneFile))
	return r["s"], err
}
