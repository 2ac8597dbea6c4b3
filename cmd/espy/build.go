package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/espy-hil/espy/rig"
)

// buildCommand is espy build.
type buildCommand struct {
	Dir  string `arg:"" optional:"" default:"build/firmware" help:"Folder that is to hold what a board's root holds."`
	Form string `default:"py" enum:"py,mpy" placeholder:"FORM" help:"The source (py), or compiled (mpy)."`
}

// Run writes the firmware as files for a board.
func (c *buildCommand) Run(ctx context.Context) error {
	bundle, err := rig.Bundle(ctx, c.Form)
	if errors.As(err, new(rig.Mistake)) {
		return usage("%w", err)
	}
	if err != nil {
		return err
	}
	if err := bundle.WriteTo(c.Dir); err != nil {
		return err
	}
	size := 0
	for _, content := range bundle.Files {
		size += len(content)
	}
	_, err = fmt.Fprintf(os.Stdout, "%s: firmware %s (%s), %d files, %d bytes\n", c.Dir, bundle.Hash, bundle.Form, len(bundle.Files), size)
	return err
}
