package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/report/terminal"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/sim/runtimes"
)

// showCommand is espy show.
type showCommand struct {
	Words string `arg:"" optional:"" name:"run" help:"The number of a run, as #12 after a failure, or words of its scenario, variant, board or verdict; all that differed if not given."`
	File  string `arg:"" optional:"" help:"Results of espy run --json; those of the last espy run in this folder if not given."`
}

// Help is what --help says beyond the sentence.
func (*showCommand) Help() string {
	return "The last results of each folder are kept in the user's cache (see espy doctor for where that is), of the last 20 folders, " +
		"readable by their user alone."
}

// Run shows a run of results again.
func (c *showCommand) Run() error {
	path := c.File
	if path == "" {
		var err error
		if path, err = lastResults(); err != nil {
			return err
		}
		if _, err := os.Stat(path); os.IsNotExist(err) {
			return usage("no results of this folder are kept: run espy run here first, or name a file of espy run --json")
		}
	}
	report, err := jsonfile.Read(path)
	if err != nil {
		return usage("%w", err)
	}
	screen := terminal.New(os.Stdout, terminal.For(os.Stdout, os.Getenv))
	if c.Words == "" {
		screen.Summary(report, time.Duration(report.TookMS)*time.Millisecond)
		return screen.Err()
	}
	found := result.Find(report, c.Words)
	switch len(found) {
	case 0:
		return usage("none of the %s in %s is %q; espy show alone lists those that differed", plain.Number(len(report.Runs), "run"), path, c.Words)
	case 1:
		screen.Replay(found[0]+1, &report.Runs[found[0]])
		return screen.Err()
	default:
		return usage("%s", several(report, found, c.Words))
	}
}

// mostOffered is how many runs are listed to choose from.
const mostOffered = 20

// several says which runs are meant by words, so that one can be chosen.
func several(r *result.Report, found []int, words string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s are %q; choose one by its number:", plain.Number(len(found), "run"), words)
	for _, i := range found[:min(len(found), mostOffered)] {
		run := &r.Runs[i]
		fmt.Fprintf(&b, "\n%6d  %s  %s", i+1, run.Verdict, terminal.Named(run))
	}
	if len(found) > mostOffered {
		fmt.Fprintf(&b, "\n        and %d more", len(found)-mostOffered)
	}
	return b.String()
}

// lastResults is where the results of the last run in this folder are.
func lastResults() (string, error) {
	cache, err := runtimes.CacheDir()
	if err != nil {
		return "", err
	}
	here, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the folder that this is: %w", err)
	}
	return jsonfile.Last(filepath.Join(cache, "last"), here), nil
}

// keep keeps results for espy show, which may have been saved to a file. Where that fails, that is said, and no reason for a
// bad exit status: nobody has asked for them yet.
func keep(r *result.Report, saved string) {
	path, err := lastResults()
	if err == nil {
		err = jsonfile.Keep(path, r, saved)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "espy: %v; espy show will not have them\n", err)
	}
}
