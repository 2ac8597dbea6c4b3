package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/espy-hil/espy/rig"
)

// flashCommand is espy flash.
type flashCommand struct {
	Image   string        `arg:"" help:"The board as micropython.org/download calls it, and a release if not the newest: ESP32_GENERIC, ESP32_GENERIC@1.27.0, ESP32_GENERIC-SPIRAM."`
	Board   string        `arg:"" optional:"" help:"serial:PORT, rfc2217://HOST:PORT, or a name of yours; the one that is attached if not given."`
	Erase   bool          `help:"Erase all of the flash first, your files with it."`
	Esptool string        `placeholder:"PROGRAM" help:"The esptool, of version 4 or 5; the one on PATH if not given."`
	Baud    int           `default:"460800" placeholder:"RATE" help:"How fast it writes."`
	Mirror  string        `placeholder:"URL" help:"Where the images are; https://micropython.org if not given."`
	Map     string        `placeholder:"FILE" help:"The hardware map; the nearest espy.yaml if not given."`
	Within  time.Duration `default:"10m" placeholder:"TIME" help:"How long all of it may take."`
}

// Validate says what kong cannot see by itself.
func (c *flashCommand) Validate() error {
	if c.Baud < 9600 || c.Baud > 5_000_000 {
		return usage("--baud: expected 9600 to 5000000, not %d", c.Baud)
	}
	return nil
}

// Run fetches, writes, and sees what boots.
func (c *flashCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, c.Within, fmt.Errorf("it took longer than --within %s", c.Within))
	defer cancel()
	out, end := rig.Secrets(c.Map).Writer(os.Stdout)
	err := rig.Flash(ctx, rig.Flashing{Image: c.Image, Board: c.Board, Map: c.Map, Erase: c.Erase, Program: c.Esptool, Baud: c.Baud, Site: c.Mirror}, out)
	err = errors.Join(err, end())
	if errors.As(err, new(rig.Mistake)) {
		return usage("%w", err)
	}
	return err
}
