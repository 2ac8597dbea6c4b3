package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"

	"github.com/espy-hil/espy/hil/report/file"
	"github.com/espy-hil/espy/hil/report/html"
	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/hil/report/junit"
	"github.com/espy-hil/espy/hil/report/markdown"
	"github.com/espy-hil/espy/hil/result"
)

// reports are the files that results are written to, of espy run and of espy report.
type reports struct {
	JSON     string `name:"json" placeholder:"FILE" help:"Write the results as JSON; - is standard output, and nothing else goes there. The same for the three below."`
	HTML     string `name:"html" placeholder:"FILE" help:"Write them as a page to look at, in one file."`
	JUnit    string `name:"junit" placeholder:"FILE" help:"Write them as JUnit XML, for CI systems."`
	Markdown string `name:"markdown" placeholder:"FILE" help:"Write what is not as it should be as Markdown, for a run page or a pull request."`
	Previous string `placeholder:"FILE" help:"Results of an earlier run, as JSON: reports then say since when something is not as it should be."`
}

// A report is one of them.
type report struct {
	flag, path, what string
	write            func(io.Writer, *result.Report) error
}

// wanted are those that were asked for.
func (r *reports) wanted() (all []report) {
	for _, one := range []report{
		{"--json", r.JSON, "the results", jsonfile.Write},
		{"--html", r.HTML, "the page", html.In(filepath.Dir(r.HTML))},
		{"--junit", r.JUnit, "the JUnit XML", junit.Write},
		{"--markdown", r.Markdown, "the Markdown", markdown.Write},
	} {
		if one.path != "" {
			all = append(all, one)
		}
	}
	return all
}

// toStdout tells whether one of them goes to standard output.
func (r *reports) toStdout() bool {
	for _, one := range r.wanted() {
		if one.path == "-" {
			return true
		}
	}
	return false
}

// check says before the runs what is wrong with them, and reads the previous results,
// nil where none were named: the new ones may take their place.
func (r *reports) check() (previous *result.Report, err error) {
	named := map[string]string{}
	for _, one := range r.wanted() {
		if other, ok := named[one.path]; ok {
			return nil, usage("%s and %s both name %s", other, one.flag, one.path)
		}
		named[one.path] = one.flag
		if one.path == "-" {
			continue
		}
		if err := file.Check(one.path); err != nil {
			return nil, usage("%s: %w", one.flag, err)
		}
	}
	if r.Previous == "" {
		return nil, nil
	}
	if previous, err = jsonfile.Read(r.Previous); err != nil {
		return nil, usage("--previous: %w", err)
	}
	return previous, nil
}

// write writes them, at once. That one cannot be written keeps none of the others from it.
func (r *reports) write(results *result.Report) error {
	wanted := r.wanted()
	errs := make([]error, len(wanted))
	bugs := make(chan string, len(wanted))
	var wg sync.WaitGroup
	for i, one := range wanted {
		write := func(w io.Writer) error { return one.write(w, results) }
		wg.Go(func() {
			defer func() {
				if bug := recover(); bug != nil {
					bugs <- fmt.Sprintf("%s: %v\n\n%s", one.flag, bug, debug.Stack())
				}
			}()
			if one.path == "-" {
				errs[i] = file.Print(os.Stdout, write)
			} else {
				errs[i] = file.Save(one.path, one.what, write)
			}
		})
	}
	wg.Wait()
	if len(bugs) > 0 {
		panic(<-bugs) // where it is told, as any bug is
	}
	return errors.Join(errs...)
}

// saved is the file that the results were saved to as JSON; empty: none, or not for
// certain. err is what writing the reports yielded.
func (r *reports) saved(err error) string {
	if r.JSON == "" || r.JSON == "-" || err != nil {
		return ""
	}
	if info, err := os.Stat(r.JSON); err != nil || !info.Mode().IsRegular() {
		return "" // a pipe cannot be read again
	}
	return r.JSON
}

// reportCommand is espy report.
type reportCommand struct {
	File    string  `arg:"" help:"Results of espy run --json."`
	Reports reports `embed:""`
}

// Run writes reports of results that were saved.
func (c *reportCommand) Run() error {
	if len(c.Reports.wanted()) == 0 {
		return usage("nothing is to be written: name a file with --html, --junit, --markdown or --json")
	}
	previous, err := c.Reports.check()
	if err != nil {
		return err
	}
	results, err := jsonfile.Read(c.File)
	if err != nil {
		return usage("%w", err)
	}
	if previous != nil {
		results.CompareWith(previous)
	}
	return c.Reports.write(results)
}
