package rig

import (
	"context"
	"fmt"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/recovery"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/hil/wifi"
)

// Attached is the names of the boards that somebody means, each of which is there once:
// of those that are powered here for each run nothing could be kept. The names are of the
// hardware map in a file, or of the nearest.
func Attached(names []string, file string) ([]string, error) {
	chosen, err := reachable(names, file)
	all := make([]string, len(chosen))
	for i, t := range chosen {
		all[i] = t.name
	}
	return all, err
}

// reachable are the boards that [Attached] names: for no names every attached one, and
// all of the hardware map.
func reachable(names []string, file string) ([]target, error) {
	h, err := Hardware(file)
	if err != nil {
		return nil, Mistake{err}
	}
	var chosen []target
	if len(names) == 0 {
		chosen, err = everyone(h)
	} else {
		chosen, err = targets(names, h)
	}
	if err != nil {
		return nil, err
	}
	for _, t := range chosen {
		if _, err := powering(t, deploy.Files{}); err != nil {
			return nil, mistake("%w", err)
		}
		if !t.elsewhere() {
			return nil, mistake("board %s is powered anew for each run, with the firmware on its flash: there is nothing to keep; "+
				"publish it by espy sim --tcp 127.0.0.1:0, and name its address", t.name)
		}
	}
	return chosen, nil
}

// Firmware is what a board is to have: the bundle in a form, with clients of the user's
// own, or the client alone.
func Firmware(ctx context.Context, form string, clientsToo []string, clientAlone bool) (deploy.Files, error) {
	chosen, err := clients(clientsToo)
	if err != nil {
		return deploy.Files{}, err
	}
	bundle, err := Bundle(ctx, form)
	if err != nil {
		return deploy.Files{}, err
	}
	if clientAlone {
		bundle = bundle.Client()
	}
	return onBoard(bundle, chosen), nil
}

// AtREPL opens a board for a purpose, brings it to its raw REPL, and has what done with
// it. Afterwards the board is at its friendly prompt, as a person expects to find it.
func AtREPL(ctx context.Context, name, file, purpose string, what func(context.Context, board.Board, *repl.REPL) error) error {
	chosen, err := reachable([]string{name}, file)
	if err != nil {
		return err
	}
	power, err := powering(chosen[0], deploy.Files{})
	if err != nil {
		return err
	}
	b, err := leased(chosen[0].where(), purpose, power)(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	uart, r, err := recovery.Open(ctx, b)
	if err != nil {
		return err // names the board
	}
	defer uart.Close()
	if err := what(ctx, b, r); err != nil {
		return fmt.Errorf("board %s: %w", name, err)
	}
	return r.Leave(ctx)
}

// Credentials are what a board, by its name, joins its network with; file is the hardware
// map, as for [Hardware].
func Credentials(name, file string) (wifi.Credentials, error) {
	chosen, err := reachable([]string{name}, file)
	if err != nil {
		return wifi.Credentials{}, err
	}
	return chosen[0].credentials(), nil
}
