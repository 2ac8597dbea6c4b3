package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/espy-hil/espy/hil/journal"
	"github.com/espy-hil/espy/rig"
)

// hilCommand is espy hil.
type hilCommand struct {
	Boards      []string `arg:"" optional:"" name:"board" help:"serial:PORT, tcp://HOST:PORT, rfc2217://HOST:PORT, a name or label=LABEL of espy.yaml; every attached board and all of espy.yaml if there is none."`
	Scenarios   []string `short:"s" placeholder:"PATH" help:"Scenario files, folders or globs; the bundled ones if not given."`
	Tag         []string `short:"t" placeholder:"TAG" help:"Only scenarios with one of these tags; !TAG: only those without."`
	HTTPVersion []string `name:"http-version" placeholder:"VERSION" help:"HTTP versions (1.0, 1.1, auto) for scenarios that leave it open, compared with the first."`
	Network     network  `embed:""`
	Form        string   `default:"py" enum:"py,mpy" placeholder:"FORM" help:"The firmware on the boards: its source (py), or compiled (mpy)."`
	Repeat      int      `default:"1" placeholder:"N" help:"Run everything so often; what differs is flaky."`
	Known       string   `placeholder:"FILE" help:"The ledger of accepted differences."`
	Map         string   `placeholder:"FILE" help:"The hardware map; the nearest espy.yaml if not given."`
	Out         string   `default:"build/hil" placeholder:"FOLDER" help:"Where the reports go: results.json, report.html, junit.xml, report.md, wire.pcapng. What is there is what the new results are compared with."`
	Verbose     bool     `short:"v" help:"Show each run, what it sent and got, and what the board printed."`
}

// Run deploys to the boards, runs the scenarios on them and on their twins, and
// compares each board with its twin.
func (c *hilCommand) Run(ctx context.Context, said *kong.Context) error {
	boards, err := rig.Attached(c.Boards, c.Map)
	if errors.Is(err, rig.ErrNoBoard) {
		return errors.New(plugIn + strings.TrimPrefix(err.Error(), rig.ErrNoBoard.Error()))
	}
	if errors.As(err, new(rig.Mistake)) {
		return usage("%w", err)
	} else if err != nil {
		return err
	}
	files, err := rig.Firmware(ctx, c.Form, nil, false)
	if errors.As(err, new(rig.Mistake)) {
		return usage("%w", err)
	} else if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return fmt.Errorf("making the folder of --out: %w", err)
	}
	if err := journal.Left(filepath.Join(c.Out, "results.json")); err != nil {
		return usage("%w", err)
	}
	begun := time.Now()
	ready := rig.Prepare(ctx, boards, c.Map, files)
	twins, notReady := map[string]string{}, map[string]error{}
	out, trouble := &lines{w: os.Stdout, secrets: rig.Secrets(c.Map)}, &lines{w: os.Stderr, secrets: rig.Secrets(c.Map)}
	for _, r := range ready {
		if r.Err == nil {
			twins[r.Board] = r.Twin
		}
		switch {
		case r.Err != nil:
			notReady[r.Board] = r.Err
			trouble.say("espy: %v", r.Err)
		case r.Note != "":
			out.say("board %s is MicroPython %s, beside %s (%s); %s", r.Board, r.Is, r.Twin, r.Note, deployed(r.Sent, files, time.Since(begun)))
		default:
			out.say("board %s is MicroPython %s, beside %s; %s", r.Board, r.Is, r.Twin, deployed(r.Sent, files, time.Since(begun)))
		}
	}
	if rig.AnyReady(ready) != nil {
		return verdictError{statusRig} // each has been told
	}
	run := c.command(boards, twins)
	run.NotReady = notReady
	if err := run.Validate(); err != nil {
		return err
	}
	return run.Run(ctx, said)
}

// plugIn is what there is to do without a board.
const plugIn = "no board is attached. Plug an ESP32 or ESP8266 with MicroPython on it into a USB port, with a cable that carries data; espy boards shows it then, " +
	"and espy flash ESP32_GENERIC writes MicroPython to one that has none. A board on another machine is named by its address: espy hil rfc2217://HOST:PORT. " +
	"To see all of it without a board, publish a virtual one, espy sim --tcp 127.0.0.1:4000, and in another terminal take it for a board: espy hil tcp://127.0.0.1:4000"

// command is espy run for the boards and their twins, with its reports.
func (c *hilCommand) command(boards []string, twins map[string]string) *runCommand {
	at := func(name string) string { return filepath.Join(c.Out, name) }
	r := &runCommand{
		Paths: c.Scenarios, Tag: c.Tag, On: slices.Clone(boards), Twins: twins, HTTPVersion: c.HTTPVersion, Network: c.Network,
		Client: []string{"espy.requests"}, Form: c.Form, Known: c.Known, Map: c.Map, Repeat: c.Repeat, Pcap: at("wire.pcapng"), Verbose: c.Verbose,
		Reports: reports{JSON: at("results.json"), HTML: at("report.html"), JUnit: at("junit.xml"), Markdown: at("report.md")},
	}
	if _, err := os.Stat(r.Reports.JSON); err == nil {
		r.Reports.Previous = r.Reports.JSON
	}
	return r
}
