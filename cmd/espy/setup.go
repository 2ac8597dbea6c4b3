package main

import (
	"context"
	"fmt"
	"os"

	"github.com/espy-hil/espy/sim"
)

// setupCommand is espy setup.
type setupCommand struct{}

// Run sees that every runtime is in the user's cache, compiled.
func (setupCommand) Run(ctx context.Context) error {
	say := func(format string, args ...any) { fmt.Fprintf(os.Stdout, format+"\n", args...) }
	if err := sim.Setup(ctx, say); err != nil {
		return fmt.Errorf("setting up virtual boards: %w", err)
	}
	_, err := fmt.Fprintln(os.Stdout, "the virtual boards are ready")
	return err
}
