package main

import (
	"context"
	"slices"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/sim"
)

// pools makes a pool of virtual boards for each item of --on.
func pools(on []string, size int, files agent.Files) ([]run.Pool, error) {
	var all []run.Pool
	for i, name := range on {
		if slices.Contains(on[:i], name) {
			return nil, usage("--on: board %s is listed twice; --repeat runs everything on it again", name)
		}
		spec, err := sim.Parse(name)
		if err != nil {
			return nil, usage("--on: %w", err)
		}
		all = append(all, run.Pool{Name: name, Local: true, Size: size, Power: func(ctx context.Context) (board.Board, error) {
			return sim.New(ctx, spec, files.Files)
		}})
	}
	return all, nil
}

// source is the firmware in the form of its source files.
func source() agent.Files {
	bundle := firmware.Source()
	return agent.Files{Hash: bundle.Hash, Form: bundle.Form, Files: bundle.Files}
}

// connect opens the conversation with a board's agent.
func connect(files agent.Files) run.Connect {
	return func(ctx context.Context, b board.Board) (run.Link, error) {
		link, err := agent.Open(ctx, b, files)
		if err != nil {
			return nil, err
		}
		return link, nil
	}
}
