package rig

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/profile"
)

// Ready is a board that is ready for runs, and its twin: the virtual board of the same
// release, and of the same chip where there is one.
type Ready struct {
	Board string
	Twin  string // empty: it is not ready
	Is    string // what it says of itself: "1.27.0 on Generic ESP32 module with ESP32"
	Note  string // what the twin is not; empty: nothing
	Sent  deploy.Outcome
	Err   error // why it is not ready: it stays among the others, whose runs it does not stop
}

// Prepare puts the firmware on boards, and asks them what they are, all at once.
func Prepare(ctx context.Context, boards []string, file string, files deploy.Files) []Ready {
	all := make([]Ready, len(boards))
	var wg sync.WaitGroup
	for i, name := range boards {
		wg.Go(func() {
			r := Ready{Board: name}
			r.Err = AtREPL(ctx, name, file, "espy hil", func(ctx context.Context, _ board.Board, at *repl.REPL) (err error) {
				if r.Sent, err = deploy.Put(ctx, at, files); err != nil {
					return err
				}
				var out bytes.Buffer
				if err := at.Exec(ctx, askVersion, &out); err != nil {
					return fmt.Errorf("asking what it is: %w", err)
				}
				r.Is = strings.TrimSpace(out.String())
				r.Twin, r.Note = twinOf(r.Is)
				return nil
			})
			all[i] = r
		})
	}
	wg.Wait()
	return all
}

// twinOf is the virtual board that is most like a board that says this of itself.
func twinOf(is string) (name, note string) {
	version, machine, _ := strings.Cut(is, " on ")
	version, _, _ = strings.Cut(version, "-")
	release := nearest(version)
	if r, err := sim.Parse("sim:" + release); err != nil || r.Release.Version != version {
		note = fmt.Sprintf("there is no virtual board of MicroPython %s: %s is the nearest", version, release)
	}
	name = "sim:" + release
	_, chip, _ := strings.Cut(machine, " with ")
	for _, known := range profile.Names() {
		if strings.EqualFold(strings.ReplaceAll(known, "-", ""), chip) {
			return "sim:" + known + "@" + release, note
		}
	}
	return name, note
}

// nearest is the release of virtual boards that is nearest to a version.
func nearest(version string) string {
	minor := func(text string) int {
		parts := strings.Split(text, ".")
		if len(parts) < 2 {
			return 0
		}
		n, _ := strconv.Atoi(parts[1])
		return n
	}
	want := minor(version)
	return slices.MinFunc(sim.Releases(), func(a, b string) int {
		return cmp.Compare(max(minor(a)-want, want-minor(a)), max(minor(b)-want, want-minor(b)))
	})
}

// withTwins puts each board's twin among those that were chosen.
func withTwins(chosen []target, twins map[string]string) ([]target, error) {
	if len(twins) == 0 {
		return chosen, nil
	}
	var all []target
	there := func(name string) bool {
		return slices.ContainsFunc(all, func(t target) bool { return t.name == name })
	}
	for _, t := range chosen {
		if twin := twins[t.name]; twin != "" && !there(twin) {
			if _, err := sim.Parse(twin); err != nil {
				return nil, mistake("%w", err)
			}
			all = append(all, target{name: twin})
		}
		if !there(t.name) {
			all = append(all, t)
		}
	}
	return all, nil
}

// referenceOf is the board that one is compared with: its twin; a twin with none.
func referenceOf(t target, twins map[string]string) string {
	if twin := twins[t.name]; twin != "" {
		return twin
	}
	for _, twin := range twins {
		if twin == t.name {
			return t.name
		}
	}
	return ""
}

// AnyReady tells whether at least one of them is ready; otherwise why none is.
func AnyReady(all []Ready) error {
	var errs []error
	for _, r := range all {
		if r.Err == nil {
			return nil
		}
		errs = append(errs, r.Err)
	}
	return errors.Join(errs...)
}
