package rig

import (
	"context"
	"fmt"
	"strings"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/remote"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/hil/serial"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/unix"
)

// powering is how to power a board of this name with these files.
func powering(name string, files deploy.Files) (func(context.Context) (board.Board, error), error) {
	kind, _, _ := strings.Cut(strings.ReplaceAll(name, "@", ":"), ":")
	switch kind {
	case "sim":
		spec, err := sim.Parse(name)
		return func(ctx context.Context) (board.Board, error) { return sim.New(ctx, spec, files.Files) }, err
	case "unix":
		spec, err := unix.Parse(name)
		if err == nil {
			err = spec.Check()
		}
		return func(ctx context.Context) (board.Board, error) { return unix.New(ctx, spec, files.Files) }, err
	case "tcp", "rfc2217":
		_, err := remote.New(name)
		return func(context.Context) (board.Board, error) { return remote.New(name) }, err
	case "serial":
		_, err := serial.New(name, serial.Options{})
		return func(context.Context) (board.Board, error) { return serial.New(name, serial.Options{}) }, err
	}
	return nil, fmt.Errorf("there is no board %q; there are %s", name, kinds)
}

const kinds = sim.Kinds + ", unix, unix:PROFILE, serial:PORT, serial:auto, tcp://HOST:PORT and rfc2217://HOST:PORT"

// elsewhere tells whether a board is one that is there already, once, and not one
// that is powered here as often as there is use for it.
func elsewhere(name string) bool {
	return strings.Contains(name, "://") || strings.HasPrefix(name, "serial:")
}

// connect opens the conversation with a board's agent.
func connect(files deploy.Files) run.Connect {
	return func(ctx context.Context, b board.Board) (run.Link, error) {
		link, err := agent.Open(ctx, b, files)
		if err != nil {
			return nil, err
		}
		return link, nil
	}
}
