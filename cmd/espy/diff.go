package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/espy-hil/espy/hil/report/changes"
	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/hil/report/markdown"
	"github.com/espy-hil/espy/hil/report/terminal"
)

// diffCommand is espy diff.
type diffCommand struct {
	Before   string `arg:"" help:"Results of espy run --json."`
	After    string `arg:"" help:"Later results, which are compared with them."`
	JSON     bool   `name:"json" xor:"form" help:"Print what changed as JSON."`
	Markdown bool   `name:"markdown" xor:"form" help:"Print it as Markdown, for a pull request."`
}

// Help is what --help says beyond the sentence.
func (*diffCommand) Help() string {
	return "The exit status is 1 where something fails, diverges or is flaky that was not so before, and otherwise 0: " +
		"what is slower, hungrier, or no longer run, is said, and up to you. When a run counts as slower or hungrier is in docs/results.md."
}

// Run says what changed. That something is wrong that was not before has the status of
// a difference.
func (c *diffCommand) Run() error {
	before, err := jsonfile.Read(c.Before)
	if err != nil {
		return usage("%w", err)
	}
	after, err := jsonfile.Read(c.After)
	if err != nil {
		return usage("%w", err)
	}
	for _, r := range []struct {
		path  string
		ended bool
	}{{c.Before, before.Interrupted}, {c.After, after.Interrupted}} {
		if r.ended {
			fmt.Fprintf(os.Stderr, "espy: %s is of a run that was stopped early: what it lacks counts as not run\n", r.path)
		}
	}
	changed := changes.Between(before, after)
	switch {
	case c.JSON:
		e := json.NewEncoder(os.Stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err = e.Encode(changed)
	case c.Markdown:
		err = markdown.Changes(os.Stdout, &changed, c.Before, c.After)
	default:
		err = changed.Text(os.Stdout, c.Before, c.After, terminal.For(os.Stdout, os.Getenv).Columns())
	}
	if err == nil && len(changed.New) > 0 {
		return verdictError{statusDiffers}
	}
	return err
}
