package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/espy-hil/espy/rig"
)

// boardsCommand is espy boards.
type boardsCommand struct {
	Probe bool   `help:"Ask each board what it is. What runs on it is interrupted."`
	Map   string `placeholder:"FILE" help:"The hardware map; espy.yaml of this folder, or of the nearest above it, if not given."`
	JSON  bool   `name:"json" help:"Print the list as JSON."`
}

// Run lists the boards.
func (c *boardsCommand) Run(ctx context.Context) error {
	all, err := rig.Boards(c.Map)
	if errors.As(err, new(rig.Mistake)) {
		return usage("%w", err)
	} else if err != nil {
		return err
	}
	if c.Probe {
		rig.Probe(ctx, all)
	}
	out, end := rig.Secrets(c.Map).Writer(os.Stdout) // a board may print anything
	return errors.Join(c.print(out, all), end())
}

// print prints the list as it is wanted.
func (c *boardsCommand) print(out io.Writer, all []rig.Listed) error {
	switch {
	case c.JSON:
		if all == nil {
			all = []rig.Listed{}
		}
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(all)
	case len(all) == 0:
		_, err := fmt.Fprintln(out, rig.ErrNoBoard)
		return err
	}
	return list(out, all, c.Probe)
}

// list prints the boards for a person, one below the other.
func list(out io.Writer, all []rig.Listed, probed bool) error {
	var b strings.Builder
	for i := range all {
		l := &all[i]
		b.WriteString(l.On + "\n")
		row := func(name, value string) {
			if value != "" {
				fmt.Fprintf(&b, "  %-12s %s\n", name, value)
			}
		}
		if l.Device == "" {
			row("device", "not attached")
		} else {
			row("device", l.Device)
		}
		if l.Vendor != "" {
			row("usb", strings.TrimSpace(l.Vendor+":"+l.Product+" "+l.Text))
		} else {
			row("usb", l.Text)
		}
		row("serial", l.Serial)
		row("labels", strings.Join(l.Labels, ", "))
		row("chip", l.Chip)
		row("micropython", l.MicroPython)
		row("held by", l.Held)
		if l.Device != "" {
			row("trouble", l.Trouble)
		}
	}
	if !probed {
		b.WriteString("\nespy boards --probe asks what they are; espy run --on NAME runs scenarios on one\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}
