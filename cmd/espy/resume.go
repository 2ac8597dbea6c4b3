package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/journal"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
)

// besideResume are the flags that change nothing of what is run.
var besideResume = []string{"resume", "verbose", "jobs", "fail-fast", "slowest", "cpuprofile"}

// resumed opens the journal of --resume, and takes the rest of the command line from
// it; without --resume it does nothing. said is the command line.
func (c *runCommand) resumed(said *kong.Context) (*journal.Journal, *journal.Earlier, error) {
	if c.Resume == "" {
		return nil, nil, nil
	}
	for _, word := range said.Path {
		if word.Positional != nil || word.Flag != nil && !slices.Contains(besideResume, word.Flag.Name) {
			return nil, nil, usage("--resume takes boards, scenarios and all else from the run that it goes on with: leave out everything but -v, --jobs, --fail-fast and --slowest")
		}
	}
	j, earlier, err := journal.Resume(c.Resume)
	if err != nil {
		return nil, nil, usage("--resume: %w", err)
	}
	fail := func(format string, args ...any) (*journal.Journal, *journal.Earlier, error) {
		_ = j.Leave() // nothing was written
		return nil, nil, usage("--resume: "+format, args...)
	}
	var then runCommand
	if err := json.Unmarshal(earlier.Head.Command, &then); err != nil {
		return fail("what was to be run cannot be read from %s: %w", journal.Path(c.Resume), err)
	}
	if here, err := os.Getwd(); err == nil && here != earlier.Head.Folder {
		return fail("it was begun in %s, where its paths begin: cd there", earlier.Head.Folder)
	}
	then.Resume, then.Verbose, then.Jobs, then.FailFast, then.Slowest, then.CPUProfile = c.Resume, c.Verbose, c.Jobs, c.FailFast, c.Slowest, c.CPUProfile
	*c = then
	return j, earlier, nil
}

// begin gives the runs their journal: a new one, or the earlier one, if what it is of is
// still what is to be run.
func (c *runCommand) begin(config *run.Config, plan journal.Plan, j *journal.Journal, earlier *journal.Earlier) (*journal.Journal, error) {
	plan = append(journal.Plan{{What: "espy", Is: version()}}, plan...)
	if j != nil {
		if changed := earlier.Head.Plan.Changed(plan); len(changed) > 0 {
			return nil, usage("--resume: what %s holds is not what would be run now: %s; its runs would not be comparable: put that back, or remove it and begin anew",
				journal.Path(c.Resume), strings.Join(changed, "; "))
		}
		config.Journal, config.Earlier = j, earlier
		return j, nil
	}
	command, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("writing down the command line: %w", err)
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	j, err = journal.Begin(c.Reports.JSON, journal.Head{Espy: version(), Started: time.Now().UTC().Format(time.RFC3339), Folder: here, Command: command, Plan: plan})
	if err != nil {
		return nil, usage("--json: %w", err)
	}
	config.Journal = j
	return j, nil
}

// sameBoards ends the runs when a board is not any more what it was earlier: stop is
// called with the reason.
func sameBoards(connect run.Connect, earlier *journal.Earlier, stop context.CancelCauseFunc) run.Connect {
	if earlier == nil {
		return connect
	}
	was := map[string]result.Board{}
	for _, b := range earlier.Boards {
		was[b.Name] = b
	}
	return func(ctx context.Context, b board.Board) (run.Link, error) {
		link, err := connect(ctx, b)
		if err != nil {
			return nil, err
		}
		h, then := link.Hello(), was[b.Name()]
		if then.Name != "" && (h.MicroPython != then.MicroPython || h.Machine != then.Machine) {
			err := usage("--resume: board %s was %s with MicroPython %s and is %s with %s: its runs would not be comparable; put that back, or begin anew",
				b.Name(), then.Machine, then.MicroPython, h.Machine, h.MicroPython)
			stop(err)
			_ = link.Close() // nothing was asked of it
			return nil, err
		}
		return link, nil
	}
}
