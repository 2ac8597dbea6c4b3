package main

import (
	"context"
	"errors"
	"os/exec"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/sim/unix"
)

// bundle is the firmware in a form: its source, or compiled by mpy-cross.
func bundle(ctx context.Context, form string) (firmware.Bundle, error) {
	if form == firmware.FormSource {
		return firmware.Source(), nil
	}
	compiler, err := mpyCross()
	if err != nil {
		return firmware.Bundle{}, usage("--form %s: %w", form, err)
	}
	return firmware.Compile(ctx, compiler)
}

// onBoard is a bundle as the agent's end wants it.
func onBoard(b firmware.Bundle) agent.Files {
	return agent.Files{Hash: b.Hash, Form: b.Form, Files: b.Files}
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
