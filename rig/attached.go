package rig

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/lease"
	"github.com/espy-hil/espy/hil/recovery"
	"github.com/espy-hil/espy/hil/serial"
	"github.com/espy-hil/espy/scenarios"
)

// Listed is a board that is attached, or that the hardware map has.
type Listed struct {
	On          string   `json:"on"`          // how it is chosen
	Device      string   `json:"device"`      // or its address; empty: it is not attached
	Vendor      string   `json:"vendor"`      // USB ids, four hex digits each
	Product     string   `json:"product"`     //
	Serial      string   `json:"serial"`      // USB serial number
	Text        string   `json:"text"`        // what its USB port calls itself
	Chip        string   `json:"chip"`        // as it says itself, or as the hardware map does
	MicroPython string   `json:"micropython"` // the release; empty: not asked, or it did not say
	Labels      []string `json:"labels"`
	Held        string   `json:"held"`    // who has it; empty: nobody
	Trouble     string   `json:"trouble"` // why it did not answer

	target target
}

// Boards lists what is attached to this machine and what the hardware map has.
func Boards(file string) ([]Listed, error) {
	h, err := Hardware(file)
	if err != nil {
		return nil, Mistake{err}
	}
	ports, err := serial.Attached(serial.System())
	if err != nil {
		return nil, err
	}
	var all []Listed
	named := map[string]bool{}
	for _, p := range ports {
		l := Listed{
			On: "serial:" + p.Device, Device: p.Device, Vendor: p.Vendor, Product: p.Product, Serial: p.Number, Text: p.Text,
			Labels: []string{}, target: target{name: "serial:" + p.Device},
		}
		for i := range h.Boards {
			if b := &h.Boards[i]; isAt(b, p, ports) {
				named[b.Name] = true
				l.target = target{b.Name, b}
				l.On, l.Chip, l.Labels = b.Name, b.Chip, append(l.Labels, b.Labels...)
			}
		}
		all = append(all, l)
	}
	for i := range h.Boards {
		b := &h.Boards[i]
		if named[b.Name] {
			continue
		}
		l := Listed{On: b.Name, Device: b.URL, Serial: b.USB, Chip: b.Chip, Labels: append([]string{}, b.Labels...), target: target{b.Name, b}}
		if b.Device != "" && serial.Exists(b.Device) {
			l.Device = b.Device
		}
		all = append(all, l)
	}
	for i := range all {
		all[i].Held = holder(&all[i])
	}
	return all, nil
}

// holder is who has a board, in a word or two.
func holder(l *Listed) string {
	if folder, err := lease.Usual(); err == nil {
		if terms, err := folder.Holder(leaseKey(l.target.where())); err == nil && terms != nil {
			return fmt.Sprintf("%s (%s, process %d)", terms.Owner, terms.For, terms.Process)
		}
	}
	if l.Device == "" || strings.Contains(l.Device, "://") {
		return ""
	}
	return serial.Holder(l.Device)
}

// Probe asks the boards that nobody has what they are, all at once. What runs on them
// is interrupted; none is reset.
func Probe(ctx context.Context, all []Listed) {
	var wg sync.WaitGroup
	for i := range all {
		l := &all[i]
		switch {
		case l.Held != "":
		case l.Device == "":
			l.Trouble = "it is not attached"
		default:
			wg.Go(func() {
				if err := probe(ctx, l); err != nil {
					l.Trouble = err.Error()
				}
			})
		}
	}
	wg.Wait()
}

// probe asks one board.
func probe(ctx context.Context, l *Listed) error {
	power, err := powering(l.target, deploy.Files{})
	if err != nil {
		return err
	}
	b, err := leased(l.target.where(), "espy boards", power)(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	uart, r, err := recovery.Gently(ctx, b)
	if err != nil {
		return why(err)
	}
	defer uart.Close()
	if err := recovery.Check(ctx, l.On, r); err != nil {
		return err
	}
	var out strings.Builder
	if err := r.Exec(ctx, askVersion, &out); err != nil {
		return fmt.Errorf("asking what it is: %w", err)
	}
	release, machine, _ := strings.Cut(strings.TrimSpace(out.String()), " on ")
	l.MicroPython = release
	if _, chip, ok := strings.Cut(machine, " with "); ok {
		machine = chip
	}
	l.Chip = machine
	return r.Leave(ctx)
}

// why is what a list has room for: what the device seems to be, and what to do.
func why(err error) error {
	var dead *recovery.Dead
	if errors.As(err, &dead) {
		return fmt.Errorf("%s: %s", dead.Guess.What, dead.Guess.Advice)
	}
	return err
}

// isAt tells whether a board of the map is the one at a port. A number that several
// ports have tells of none of them.
func isAt(b *scenarios.Board, p serial.Port, ports []serial.Port) bool {
	return b.USB != "" && b.USB == p.Number && len(serial.WithNumber(ports, b.USB)) == 1 || b.Device != "" && place(b.Device) == place(p.Device)
}
