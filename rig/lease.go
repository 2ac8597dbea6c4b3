package rig

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/lease"
	"github.com/espy-hil/espy/scenarios"
)

// leased powers a board that there is once, and that nobody else works with meanwhile.
func leased(name, purpose string, power func(context.Context) (board.Board, error)) func(context.Context) (board.Board, error) {
	return func(ctx context.Context) (board.Board, error) {
		folder, err := lease.Usual()
		if err != nil {
			return nil, err
		}
		return folder.Power(leaseKey(name), purpose, func() (board.Board, error) { return power(ctx) })
	}
}

// leaseKey is what a board is called in its lease: one name for a device, or a port of
// another computer, with several.
func leaseKey(name string) string {
	if address := scenarios.PortAddress(name); address != "" {
		scheme, _, _ := strings.Cut(name, "://")
		return scheme + "://" + address
	}
	device, serial := strings.CutPrefix(name, "serial:")
	if !serial {
		return name
	}
	if real, err := filepath.EvalSymlinks(device); err == nil {
		device = real
	}
	return "serial:" + device
}
