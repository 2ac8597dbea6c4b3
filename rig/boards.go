package rig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/remote"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/hil/serial"
	"github.com/espy-hil/espy/hil/wifi"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/unix"
)

// powering is how to power a board with these files, or to reach one that is there.
func powering(t target, files deploy.Files) (func(context.Context) (board.Board, error), error) {
	if t.entry != nil {
		_, err := t.real()
		return func(context.Context) (board.Board, error) { return t.real() }, err
	}
	name := t.name
	kind, _, _ := strings.Cut(strings.NewReplacer("@", ":", "+", ":").Replace(name), ":")
	switch kind {
	case "sim":
		spec, err := sim.Parse(name)
		return func(ctx context.Context) (board.Board, error) { return sim.New(ctx, spec, files.Files) }, err
	case "unix":
		spec, err := unix.Parse(name)
		if err == nil {
			err = spec.Check()
		}
		return func(ctx context.Context) (board.Board, error) { return unix.New(ctx, spec, files.Files) }, err
	case "tcp", "rfc2217":
		_, err := remote.New(name)
		return func(context.Context) (board.Board, error) { return remote.New(name) }, err
	case "serial":
		_, err := serial.New(name, serial.Options{})
		return func(context.Context) (board.Board, error) { return serial.New(name, serial.Options{}) }, err
	}
	return nil, fmt.Errorf("there is no board %q; there are %s", name, kinds)
}

const kinds = sim.Kinds + ", unix, unix:PROFILE, serial:PORT, serial:auto, tcp://HOST:PORT, rfc2217://HOST:PORT, and the names and label=… of espy.yaml"

// elsewhere tells whether a board is one that is there already, once, and not one
// that is powered here as often as there is use for it.
func (t target) elsewhere() bool {
	return t.entry != nil || strings.Contains(t.name, "://") || strings.HasPrefix(t.name, "serial:")
}

// connect opens the conversation with a board's agent.
func connect(files deploy.Files) run.Connect {
	return func(ctx context.Context, b board.Board) (run.Link, error) {
		link, err := agent.Open(ctx, b, files)
		if err != nil {
			return nil, err
		}
		if w, ok := b.(*wifi.Board); ok {
			if err := w.Join(ctx, link); err != nil {
				return nil, errors.Join(err, link.Close())
			}
		}
		return link, nil
	}
}

// onNetwork powers a board that is to join its network before its runs, and to be told
// of once.
func onNetwork(t target, c Choice, power func(context.Context) (board.Board, error)) func(context.Context) (board.Board, error) {
	say := c.Say
	if say == nil {
		say = func(text string) { fmt.Fprintln(os.Stderr, "espy: "+text) }
	}
	clean := Secrets(c.Map)
	return func(ctx context.Context) (board.Board, error) {
		b, err := power(ctx)
		if err != nil {
			return nil, err
		}
		return wifi.New(b, t.credentials(), c.Network, func(text string) { say(clean.String(text)) }), nil
	}
}

// credentials are what the board joins its network with.
func (t target) credentials() wifi.Credentials {
	if t.entry == nil {
		return wifi.FromEnvironment(os.Getenv, "", "")
	}
	return wifi.FromEnvironment(os.Getenv, t.entry.WiFi.SSID, t.entry.WiFi.Password)
}
