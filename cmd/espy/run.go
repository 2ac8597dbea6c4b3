package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/alecthomas/kong"

	"github.com/espy-hil/espy/hil/ledger"
	"github.com/espy-hil/espy/hil/report/terminal"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/scenarios"
)

// runCommand is espy run.
type runCommand struct {
	Paths       []string          `arg:"" optional:"" help:"Scenario files, folders or globs; the bundled ones if there are none."`
	Tag         []string          `short:"t" placeholder:"TAG" help:"Only scenarios with one of these tags; !TAG: only those without."`
	On          []string          `default:"sim" placeholder:"BOARD" help:"Boards, compared with the first: sim, sim:RELEASE, sim:CHIP, sim:CHIP@RELEASE, unix, unix:PROFILE, serial:PORT, serial:auto (all that are attached), tcp://HOST:PORT, rfc2217://HOST:PORT, a name or label=LABEL of espy.yaml."`
	Map         string            `placeholder:"FILE" help:"The hardware map; espy.yaml of this folder, or of the nearest above it, if not given."`
	Network     network           `embed:""`
	HTTPVersion []string          `name:"http-version" placeholder:"VERSION" help:"HTTP versions (1.0, 1.1, auto) for scenarios that leave it open, compared with the first."`
	Client      []string          `default:"espy.requests" placeholder:"CLIENT" help:"Clients under test: espy.requests, requests (the board's own), ./FILE.py (yours), net/http and curl (on this machine)."`
	Form        string            `default:"py" enum:"py,mpy" placeholder:"FORM" help:"The firmware on the boards: its source (py), or compiled (mpy)."`
	Known       string            `placeholder:"FILE" help:"The ledger of accepted differences; known.yaml at the top of each suite if not given."`
	Pcap        string            `placeholder:"FILE" help:"Write every byte on the wire as pcapng, for Wireshark; where FILE ends in / or is a folder, into a file for each run."`
	Resume      string            `placeholder:"FILE" help:"Go on with the run whose results were to be written to this file, and that was cut off: nothing is run twice."`
	Jobs        int               `short:"j" placeholder:"N" help:"Runs on virtual boards at once; two for each processor if not given."`
	Repeat      int               `default:"1" placeholder:"N" help:"Run everything so often; what differs is flaky."`
	FailFast    bool              `help:"Start no new run after the first that is not as it should be."`
	CPUProfile  string            `name:"cpuprofile" placeholder:"FILE" help:"Write a processor profile of espy itself, for go tool pprof."`
	Watch       bool              `short:"w" help:"Run again what changed, whenever a scenario, a client or a ledger does, until Ctrl-C."`
	Slowest     int               `placeholder:"N" help:"List so many of the slowest runs at the end."`
	Reports     reports           `embed:""`
	Twins       map[string]string `kong:"-"` // of boards: espy hil has looked for them
	NotReady    map[string]error  `kong:"-"` // of boards: why espy hil has not brought them to their prompt
	Verbose     bool              `short:"v" help:"Show each run, what it sent and got, and what the board printed."`
}

// jobsPerProcessor is how many runs a processor makes at once at most: with 8, all
// bundled scenarios keep their limits of 200 ms and more, with 32 not all do.
const jobsPerProcessor = 8

func mostJobs() int { return jobsPerProcessor * runtime.GOMAXPROCS(0) }

// Validate says what kong cannot see by itself.
func (c *runCommand) Validate() error {
	for i, v := range c.HTTPVersion {
		if slices.Contains(c.HTTPVersion[:i], v) {
			return usage("--http-version: %s is listed twice; --repeat runs everything in it again", v)
		}
		if !slices.Contains([]string{"1.0", "1.1", "auto"}, v) {
			return usage("--http-version: there is no version %q; there are 1.0, 1.1 and auto", v)
		}
	}
	if err := c.Network.check(); err != nil {
		return err
	}
	switch {
	case c.Jobs < 0:
		return usage("--jobs must be 1 or more, not %d", c.Jobs)
	case c.Watch && c.Resume != "":
		return usage("--watch and --resume: take one of them at a time")
	case c.Watch && c.Reports.toStdout():
		return usage("--watch: results of one run after the other cannot all go to standard output; name a file, which has those of the last")
	case c.Watch && len(c.watched()) == 0:
		return usage("--watch: the bundled scenarios never change; name files of yours, or a client: --client ./FILE.py")
	case c.Slowest < 0:
		return usage("--slowest must be 0 or more, not %d", c.Slowest)
	case c.Repeat < 1:
		return usage("--repeat must be 1 or more, not %d", c.Repeat)
	case c.Jobs > mostJobs():
		return usage("--jobs: %d runs at once would make each other miss the time limits of scenarios; at most %d, which is %d for each processor", c.Jobs, mostJobs(), jobsPerProcessor)
	}
	return nil
}

// Run does it, and again whenever a file changes, if that is wanted.
func (c *runCommand) Run(ctx context.Context, said *kong.Context) error {
	if c.Watch {
		return c.watch(ctx, said)
	}
	return c.once(ctx, said)
}

// once reads the scenarios, runs them, and writes the reports.
func (c *runCommand) once(ctx context.Context, said *kong.Context) error {
	stop, err := profile(c.CPUProfile)
	if err != nil {
		return usage("--cpuprofile: %w", err)
	}
	defer stop()
	journal, earlier, err := c.resumed(said)
	if err != nil {
		return err
	}
	files, err := c.scenarios()
	if err != nil {
		return err
	}
	networks := &notes{}
	config, err := c.wire(ctx, files, networks)
	if err != nil {
		return err
	}
	previous, err := c.Reports.check()
	if err != nil {
		return err
	}
	if journal, err = c.begin(&config, run.Plan(config, files), journal, earlier); err != nil {
		return err
	}
	pcap, err := captureRuns(c.Pcap, earlier != nil)
	if err != nil {
		return usage("%w", err)
	}
	config.Captures = pcap.captures()
	screen := c.screen()
	config.Observer = screen
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	config.Connect = sameBoards(config.Connect, earlier, cancel)
	begun := time.Now()
	report := run.Scenarios(ctx, config, files)
	took := time.Since(begun)
	if other := context.Cause(ctx); errors.As(other, new(usageError)) {
		return errors.Join(other, journal.Leave(), pcap.close())
	}
	report.Espy, report.Started, report.TookMS = version(), begun.UTC().Format(startedFormat), float64(took.Milliseconds())
	if previous != nil {
		report.CompareWith(previous)
	}
	networks.write(os.Stderr)
	screen.Summary(&report, took)
	if report.Interrupted && journal.Kept() {
		fmt.Fprintf(os.Stderr, "espy: what is still to be run, espy run --resume %s runs\n", c.Reports.JSON)
	}
	written := c.Reports.write(&report)
	keep(&report, c.Reports.saved(written))
	return errors.Join(
		verdictOf(&report, ctx.Err() != nil && report.Interrupted),
		journal.Close(written, report.Interrupted),
		pcap.close(),
		screen.Err(),
	)
}

// wire puts together what the runs are made on.
func (c *runCommand) wire(ctx context.Context, files []*scenarios.Scenario, networks *notes) (run.Config, error) {
	config, err := rig.Wire(ctx, rig.Choice{
		On: c.On, Clients: c.Client, Form: c.Form, Map: c.Map, Jobs: c.Jobs, Twins: c.Twins, NotReady: c.NotReady, Network: c.Network.options(), Say: networks.add,
	})
	if errors.As(err, new(rig.Mistake)) {
		return config, usage("%w", err)
	} else if err != nil {
		return config, err
	}
	config.HTTPVersions, config.Repeat, config.FailFast = c.HTTPVersion, c.Repeat, c.FailFast
	if config.Ledger, err = c.ledger(files); err != nil {
		return config, usage("%w", err)
	}
	if run.Planned(config, files) > run.MaxRuns {
		return config, usage("that would be more than %d runs; take fewer scenarios, boards, versions or repeats at a time", run.MaxRuns)
	}
	return config, nil
}

// ledger opens the ledgers of accepted differences.
func (c *runCommand) ledger(files []*scenarios.Scenario) (*ledger.Book, error) {
	if c.Known == "" && len(c.Paths) == 0 {
		return rig.BundledLedger(len(c.Tag) == 0)
	}
	book, err := rig.Ledger(c.Known, files)
	if errors.As(err, new(*fs.PathError)) && c.Known != "" {
		err = fmt.Errorf("--known: %w", err)
	}
	return book, err
}

// scenarios reads what is to be run.
func (c *runCommand) scenarios() ([]*scenarios.Scenario, error) {
	all, err := readScenarios(c.Paths)
	if err == nil {
		all, err = run.Select(all, c.Tag)
	}
	if err != nil {
		return nil, usage("%w", err)
	}
	return all, nil
}

// readScenarios reads what paths name; the bundled ones if there are none.
func readScenarios(paths []string) ([]*scenarios.Scenario, error) {
	if len(paths) == 0 {
		return scenarios.LoadBundled()
	}
	files, err := scenarios.Find(paths)
	if err != nil {
		return nil, err
	}
	return scenarios.Load(files)
}

// screen shows the runs: on standard output, unless the results go there.
func (c *runCommand) screen() *terminal.Printer {
	out := os.Stdout
	if c.Reports.toStdout() {
		out = os.Stderr
	}
	options := terminal.For(out, os.Getenv)
	options.Verbose, options.Slowest = c.Verbose, c.Slowest
	return terminal.New(out, options)
}

// startedFormat is RFC 3339 with milliseconds: two runs may begin in one second, and
// since when something is so tells them apart by their start.
const startedFormat = "2006-01-02T15:04:05.000Z07:00"
