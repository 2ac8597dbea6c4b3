package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/scenarios"
	"github.com/espy-hil/espy/watch"
)

// watched are the files and folders whose changes matter.
func (c *runCommand) watched() []string {
	var all []string
	for _, p := range c.Paths {
		if at := strings.IndexAny(p, "*?["); at >= 0 { // what a pattern may come to match is below here
			p = filepath.Dir(p[:at] + "x")
		}
		all = append(all, p)
	}
	for _, client := range c.Client {
		if strings.HasSuffix(client, ".py") {
			all = append(all, client)
		}
	}
	if c.Known != "" {
		all = append(all, c.Known)
	}
	return all
}

// watch runs all of it, and then what changed, until it is told to stop. Whatever is
// wrong with a file is said, and waited for to be mended.
func (c *runCommand) watch(ctx context.Context, said *kong.Context) error {
	files, err := watch.New(c.watched())
	if err != nil {
		return usage("--watch: %w", err)
	}
	defer files.Close()
	next := *c
	for {
		if err := next.once(ctx, said); ctx.Err() == nil {
			if text := sentence(err); text != "" {
				fmt.Fprintln(os.Stderr, text)
			}
			fmt.Fprintf(os.Stderr, "\nwatching %s; Ctrl-C ends\n", strings.Join(c.watched(), ", "))
		}
		changed, err := files.Next(ctx)
		if ctx.Err() != nil {
			return verdictError{statusInterrupted}
		} else if err != nil {
			return fmt.Errorf("--watch: %w", err)
		}
		fmt.Fprintf(os.Stderr, "changed: %s\n\n", told(changed))
		next.Paths = c.affected(changed)
	}
}

// affected is what is to be run again: the scenarios that changed, if nothing else did;
// a client, a ledger or a body may be part of any.
func (c *runCommand) affected(changed []string) []string {
	found, err := scenarios.Find(c.Paths)
	if err != nil || len(c.Paths) == 0 {
		return c.Paths
	}
	var some []string
	for _, file := range found {
		whole, err := filepath.Abs(file)
		if err == nil && slices.Contains(changed, whole) {
			some = append(some, file)
		}
	}
	if len(some) < len(changed) {
		return c.Paths
	}
	return some
}

// mostTold is how many files are named.
const mostTold = 5

// told names files as they are seen from here.
func told(files []string) string {
	var all []string
	here, err := os.Getwd()
	for _, f := range files[:min(len(files), mostTold)] {
		near, far := filepath.Rel(here, f)
		if err == nil && far == nil && filepath.IsLocal(near) {
			f = near
		}
		if _, err := os.Stat(f); os.IsNotExist(err) {
			f += " (gone)"
		}
		all = append(all, plain.Printable(f))
	}
	if more := len(files) - mostTold; more > 0 {
		all = append(all, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(all, ", ")
}
