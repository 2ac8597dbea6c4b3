package rig

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/lease"
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

// leaseKey is what a board is called in its lease: one name for a device with several.
func leaseKey(name string) string {
	device, serial := strings.CutPrefix(name, "serial:")
	if !serial {
		return name
	}
	if real, err := filepath.EvalSymlinks(device); err == nil {
		device = real
	}
	return "serial:" + device
}
