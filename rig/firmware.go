package rig

import (
	"context"
	"errors"
	"maps"
	"os/exec"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/sim/unix"
)

// Bundle is the firmware in a form: its source, or compiled by mpy-cross.
func Bundle(ctx context.Context, form string) (firmware.Bundle, error) {
	if form == firmware.FormSource {
		return firmware.Source(), nil
	}
	compiler, err := mpyCross()
	if err != nil {
		return firmware.Bundle{}, mistake("--form %s: %w", form, err)
	}
	return firmware.Compile(ctx, compiler)
}

// onBoard is what a board is to have: a bundle, and clients of the user's own.
func onBoard(b firmware.Bundle, c chosen) deploy.Files {
	if len(c.files) > 0 {
		files := maps.Clone(b.Files)
		maps.Copy(files, c.files)
		b = firmware.New(b.Form, files)
	}
	return deploy.Files{Hash: b.Hash, Form: b.Form, Files: b.Files}
}

// mpyCross finds the compiler: the one that was built with the unix boards, or one
// that the user has.
func mpyCross() (string, error) {
	built, err := unix.Compiler()
	if !errors.Is(err, unix.ErrMissing) {
		return built, err
	}
	found, err := exec.LookPath("mpy-cross")
	if err != nil {
		return "", errors.New("no mpy-cross: it is built by make unix-board (Debian 12 or 13), or put one of MicroPython 1.19 or newer on PATH")
	}
	return found, nil
}
