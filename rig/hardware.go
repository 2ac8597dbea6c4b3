package rig

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/remote"
	"github.com/espy-hil/espy/hil/serial"
	"github.com/espy-hil/espy/scenarios"
)

// Hardware is the hardware map: of a file, or, where that is "", of the nearest
// espy.yaml, with what the user's own map says. Without either it is empty.
func Hardware(file string) (*scenarios.Hardware, error) {
	if file == "" {
		file = scenarios.FindHardware(".")
	}
	h := &scenarios.Hardware{}
	if file != "" {
		var err error
		if h, err = scenarios.LoadHardware(file); err != nil {
			return nil, err
		}
	}
	own, err := scenarios.LoadOwnHardware(scenarios.OwnHardwareName())
	if err != nil {
		return nil, err
	}
	return h, h.Own(own)
}

const (
	allSerial = "serial:auto" // every board that is attached
	byLabel   = "label="      // every board of the hardware map with this label
)

// ErrNoBoard says that no board is attached where one is to be found.
var ErrNoBoard = errors.New("no board is attached to this machine: plug one in that has MicroPython, with a cable that carries data, and see it with espy boards; " +
	"or try a virtual one on a device of its own: espy sim --pty /tmp/board, and then --on serial:/tmp/board")

// target is a board that was chosen: by a name that says where it is, or by one of the
// hardware map.
type target struct {
	name  string
	entry *scenarios.Board // nil: not of the map
}

// targets are the boards that the names stand for.
func targets(on []string, h *scenarios.Hardware) ([]target, error) {
	var all []target
	for _, name := range on {
		some, err := expand(name, h)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, distinct(all)
}

// expand gives the boards that one name stands for.
func expand(name string, h *scenarios.Hardware) ([]target, error) {
	if name == allSerial {
		return attached(h)
	}
	if label, ok := strings.CutPrefix(name, byLabel); ok {
		var some []target
		for i := range h.Boards {
			if b := &h.Boards[i]; slices.Contains(b.Labels, label) {
				some = append(some, target{b.Name, b})
			}
		}
		if len(some) == 0 {
			return nil, mistake("--on: no board has the label %s%s", label, known(h))
		}
		return some, nil
	}
	for i := range h.Boards {
		if b := &h.Boards[i]; b.Name == name {
			return []target{{name, b}}, nil
		}
	}
	return []target{{name: name}}, nil
}

// attached are the boards that are plugged in; those of the map by their names in it.
func attached(h *scenarios.Hardware) ([]target, error) {
	ports, err := serial.Attached(serial.System())
	if err != nil {
		return nil, err
	}
	if len(ports) == 0 {
		return nil, ErrNoBoard
	}
	var all []target
	for _, p := range ports {
		t := target{name: "serial:" + p.Device}
		for i := range h.Boards {
			if b := &h.Boards[i]; isAt(b, p, ports) {
				t = target{b.Name, b}
			}
		}
		all = append(all, t)
	}
	return all, nil
}

// everyone are the boards that are plugged in, and all of the map: one that should be
// there and is not is told of by its name, beside what there is. Where there is nothing
// else, the error is ErrNoBoard, and names them.
func everyone(h *scenarios.Hardware) ([]target, error) {
	all, err := attached(h)
	if err != nil && !errors.Is(err, ErrNoBoard) {
		return nil, err
	}
	there := len(all)
	var away []string
	for i := range h.Boards {
		b := &h.Boards[i]
		if slices.ContainsFunc(all, func(t target) bool { return t.name == b.Name }) {
			continue
		}
		all = append(all, target{b.Name, b})
		if b.USB != "" {
			away = append(away, b.Name+", with "+b.At())
		} else {
			there++
		}
	}
	switch {
	case there > 0:
		return all, distinct(all)
	case len(away) > 0:
		return nil, fmt.Errorf("%w. Not attached of %s: %s", ErrNoBoard, h.File, strings.Join(away, "; "))
	}
	return nil, ErrNoBoard
}

// known says which boards and labels a map has.
func known(h *scenarios.Hardware) string {
	if len(h.Boards) == 0 {
		return "; there is no " + scenarios.HardwareName + " here, nor above, that names boards"
	}
	names, labels := make([]string, len(h.Boards)), map[string]bool{}
	for i, b := range h.Boards {
		names[i] = b.Name
		for _, l := range b.Labels {
			labels[byLabel+l] = true
		}
	}
	return "; " + h.File + " has " + strings.Join(append(names, slices.Sorted(maps.Keys(labels))...), ", ")
}

// place is a device by the name that the system has for it.
func place(device string) string {
	if real, err := filepath.EvalSymlinks(device); err == nil {
		return real
	}
	return device
}

// distinct sees that no board is chosen twice.
func distinct(all []target) error {
	ports := sync.OnceValue(func() []serial.Port {
		found, err := serial.System().Ports()
		if err != nil {
			return nil // opening a board says it
		}
		return found
	})
	names, devices := map[string]bool{}, map[string]string{}
	for _, t := range all {
		if names[t.name] {
			return mistake("--on: board %s is listed twice; --repeat runs everything on it again", t.name)
		}
		names[t.name] = true
		device, ok := strings.CutPrefix(t.where(), "serial:")
		if !ok {
			if device = scenarios.PortAddress(t.where()); device == "" {
				continue
			}
		}
		if number, ok := strings.CutPrefix(device, "usb="); ok {
			if at := serial.WithNumber(ports(), number); len(at) == 1 {
				device = at[0]
			}
		}
		if other, twice := devices[place(device)]; twice {
			return mistake("--on: %s and %s are the same board, %s", other, t.name, place(device))
		}
		devices[place(device)] = t.name
	}
	return nil
}

// where is the board, by a name that says so.
func (t target) where() string {
	switch {
	case t.entry == nil:
		return t.name
	case t.entry.URL != "":
		return t.entry.URL
	case t.entry.USB != "":
		return "serial:usb=" + t.entry.USB
	}
	return "serial:" + t.entry.Device
}

// real makes a board of the hardware map.
func (t target) real() (board.Board, error) {
	b := t.entry
	noReset, noLines, power := b.Reset == "none", b.Reset == "repl", powerCommand(b)
	if b.URL != "" {
		return remote.NewWith(b.URL, remote.Options{Name: b.Name, NoReset: noReset, NoLines: noLines, Power: power})
	}
	return serial.New(t.where(), serial.Options{Name: b.Name, Baud: b.Baud, NoReset: noReset, NoLines: noLines, Power: power})
}

// powerCommand runs the user's command for a board's power; nil: there is none.
func powerCommand(b *scenarios.Board) func(context.Context) error {
	if len(b.Power) == 0 {
		return nil
	}
	return func(ctx context.Context) error {
		c := exec.CommandContext(ctx, b.Power[0], b.Power[1:]...)
		c.Env = append(os.Environ(), "ESPY_BOARD="+b.Name)
		together(c)
		c.WaitDelay = 100 * time.Millisecond // what it has started may hold its output open
		out, err := c.CombinedOutput()
		if ctx.Err() != nil {
			err = fmt.Errorf("it did not end in time: %w", context.Cause(ctx))
		}
		if err != nil {
			return fmt.Errorf("the command for the power of board %s, %s: %w: %s", b.Name, strings.Join(b.Power, " "), err, strings.TrimSpace(string(out)))
		}
		return nil
	}
}
