// Command bench measures what espy promises, beside what a user would take instead,
// in one go on one machine: make bench. It writes docs/benchmarks.md and, for
// programs, docs/benchmarks.json.
//
// It looks at espy from outside: it runs the program, asks its servers, and runs the
// Go benchmarks of its packages. A section of the document is a file here that
// registers its experiments; what is promised is in targets.yaml. The words are
// those of package measure.
//
// To add figures: write a file here that registers a maker of experiments in its
// init, as serve.go does, with a section that sections.go lists. What can be seen from
// outside is a program that source.Run runs, or a server; what cannot is a Go benchmark in the package
// that it is about, whose metrics house.gobench.Bench reads. A metric that compares
// must be of one round, in which the parties take turns. What is promised of a figure
// goes to targets.yaml. Try it: make bench ARGS='-quick -only TITLE'.
//
// The status is 1 where something could not be measured for another reason than a
// program that is not installed. A target that is missed is printed as such, and is
// no failure of the measuring.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/espy-hil/espy/bench/document"
	"github.com/espy-hil/espy/bench/measure"
	"github.com/espy-hil/espy/bench/source"
)

//go:embed targets.yaml
var promised []byte

// rounds are how many pairs there are of everything: with fewer than five a ratio
// is not worth its name. A quick look has one, and says that it is no more than that.
const (
	rounds      = 5
	quickRounds = 1
)

// options are what the command line says.
type options struct {
	quick  bool
	only   string
	client string
	absent string
	long   bool
	out    string
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == source.ReapCommand {
		os.Exit(source.Reap(os.Args[2:]))
	}
	if len(os.Args) > 1 && os.Args[1] == "bare" {
		bare()
		return
	}
	var o options
	flag.BoolVar(&o.quick, "quick", false, "a look of a minute or two, which proves less")
	flag.StringVar(&o.only, "only", "", "only experiments with this in section or title, in lower case; several with commas")
	flag.StringVar(&o.client, "client", "", "a client of yours (a .py file) to stand beside espy.requests")
	flag.StringVar(&o.absent, "missing", "", "a `file` that says what could not be installed, as peers.sh writes it")
	flag.BoolVar(&o.long, "long", false, "also ten million requests, which take two minutes")
	flag.StringVar(&o.out, "out", "docs", "the folder for benchmarks.md, benchmarks.json and the drawings")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := bench(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) error {
	targets, err := measure.Targets(promised)
	if err != nil {
		return err
	}
	h, err := open(o)
	if err != nil {
		return err
	}
	defer h.close()
	chosen, err := choose(h.experiments(), o)
	if err != nil {
		return err
	}
	plan := measure.Plan{Rounds: rounds, Say: func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }}
	if o.quick {
		plan.Rounds = quickRounds
	}
	watch := watchLoad()
	r := &document.Report{Started: time.Now(), Quick: o.quick}
	if o.only != "" {
		r.Only = strings.Split(o.only, ",")
	}
	var broken []error
	for i, e := range chosen {
		plan.Say("%d of %d: %s", i+1, len(chosen), e.Title)
		others := watchOthers()
		outcome := e.Run(ctx, plan)
		if part, known := others(); known {
			outcome.Others = &part
		}
		plan.Say("  %s", document.Took(outcome))
		if ctx.Err() != nil {
			return errors.New("interrupted; nothing is written")
		}
		for _, b := range outcome.Broken {
			broken = append(broken, errors.New(b))
		}
		r.Outcomes = append(r.Outcomes, outcome)
	}
	r.Took = time.Since(r.Started)
	before, least, most := watch()
	describe(ctx, r, before, least, most)
	var figures []measure.Figure
	for _, e := range h.experiments() {
		figures = append(figures, e.Figures...)
	}
	for _, t := range targets {
		if v := t.Judge(figures, r.Outcomes); o.only == "" || v.Why == "" {
			r.Targets = append(r.Targets, v)
		}
	}
	return errors.Join(append(broken, h.write(r))...)
}

// choose is the experiments that were asked for.
func choose(all []measure.Experiment, o options) (chosen []measure.Experiment, err error) {
	for _, e := range all {
		name := strings.ToLower(e.Section + " " + e.Title)
		asked := slices.ContainsFunc(strings.Split(o.only, ","), func(part string) bool { return strings.Contains(name, part) })
		if asked && (o.only != "" || !o.quick || !e.Long) && (o.long || !e.Longest) {
			chosen = append(chosen, e)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("-only %s: there is no such experiment", o.only)
	}
	return chosen, nil
}

// house is what experiments are made of.
type house struct {
	options
	root    string // of the repository
	dir     string // for what is passing
	espy    string // the program
	missing missing
	gobench source.Go
}

func open(o options) (*house, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	h := &house{options: o, root: root, espy: filepath.Join(root, "bin", "espy")}
	if _, err := os.Stat(h.espy); err != nil {
		return nil, fmt.Errorf("%w: run make bench, which builds it", err)
	}
	if h.missing, err = readMissing(o.absent); err != nil {
		return nil, err
	}
	if h.client != "" {
		if _, err := os.Stat(h.client); err != nil {
			return nil, fmt.Errorf("-client: %w", err)
		}
		if h.client, err = filepath.Abs(h.client); err != nil {
			return nil, err
		}
	}
	if h.dir, err = os.MkdirTemp("", "espy-bench-*"); err != nil {
		return nil, err
	}
	h.gobench = source.Go{Root: root, Dir: h.dir, Env: []string{"ESPY_BENCH_CLIENT=" + h.client}}
	return h, nil
}

func (h *house) close() { os.RemoveAll(h.dir) }
