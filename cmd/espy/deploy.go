package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/redact"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/hil/wifi"
	"github.com/espy-hil/espy/rig"
)

// deployCommand is espy deploy.
type deployCommand struct {
	Boards     []string      `arg:"" optional:"" name:"board" help:"serial:PORT, tcp://HOST:PORT, rfc2217://HOST:PORT, or a name of espy.yaml; every attached board and all of espy.yaml if there is none."`
	Form       string        `default:"py" enum:"py,mpy" placeholder:"FORM" help:"The source (py), or compiled (mpy)."`
	Client     []string      `placeholder:"FILE" help:"A client of yours (./FILE.py) beside the firmware."`
	ClientOnly bool          `help:"espy.requests alone, without the agent that runs it for Espy."`
	Check      bool          `help:"Change nothing, and say what differs; status 1 if anything does."`
	Clean      bool          `help:"Remove what Espy has put there, and no file of yours."`
	StoreWiFi  bool          `name:"store-wifi" help:"Also put the network's name and password, of the environment, on the flash: runs without them join with these. Who holds the board can read them; --clean removes them."`
	Map        string        `placeholder:"FILE" help:"The hardware map; the nearest espy.yaml if not given."`
	Within     time.Duration `default:"3m" placeholder:"TIME" help:"How long it may take with each board."`
}

// Validate says what kong cannot see by itself.
func (c *deployCommand) Validate() error {
	if c.Check && c.Clean {
		return usage("--check and --clean: take one of them at a time")
	}
	if c.StoreWiFi && (c.Check || c.Clean || c.ClientOnly) {
		return usage("--store-wifi goes with the firmware that joins: not with --check, --clean or --client-only")
	}
	return nil
}

// Run does it on all boards at once: the trouble of one is not the others'.
func (c *deployCommand) Run(ctx context.Context) error {
	boards, err := rig.Attached(c.Boards, c.Map)
	var files deploy.Files
	if err == nil && !c.Clean {
		files, err = rig.Firmware(ctx, c.Form, c.Client, c.ClientOnly)
	}
	if errors.As(err, new(rig.Mistake)) {
		return usage("%w", err)
	} else if err != nil {
		return err
	}
	networks, err := c.networks(boards)
	if err != nil {
		return err
	}
	out := &lines{w: os.Stdout, secrets: rig.Secrets(c.Map)}
	errs := make([]error, len(boards), len(boards)+1)
	var differ atomic.Bool
	var wg sync.WaitGroup
	for i, name := range boards {
		wg.Go(func() {
			ctx, cancel := context.WithTimeoutCause(ctx, c.Within, fmt.Errorf("it took longer than --within %s", c.Within))
			defer cancel()
			errs[i] = rig.AtREPL(ctx, name, c.Map, "espy deploy", func(ctx context.Context, _ board.Board, r *repl.REPL) error {
				same, err := c.on(ctx, name, r, files, networks[name], out)
				if !same {
					differ.Store(true)
				}
				return err
			})
		})
	}
	wg.Wait()
	if differ.Load() && errors.Join(errs...) == nil {
		errs = append(errs, verdictError{statusDiffers})
	}
	return errors.Join(errs...)
}

// networks are the credentials that are to be stored, by board.
func (c *deployCommand) networks(boards []string) (map[string]wifi.Credentials, error) {
	all := map[string]wifi.Credentials{}
	if !c.StoreWiFi {
		return all, nil
	}
	for _, name := range boards {
		n, err := rig.Credentials(name, c.Map)
		if err != nil {
			return nil, err
		}
		if n.SSID == "" {
			return nil, usage("--store-wifi: board %s: %s is not set in the environment; set it, and %s, to those of the network", name, n.SSIDVariable, n.PassVariable)
		}
		all[name] = n
	}
	return all, nil
}

// on deploys to one board, or checks or cleans it; same: there is nothing that differs
// and was to stay so.
func (c *deployCommand) on(ctx context.Context, name string, r *repl.REPL, files deploy.Files, network wifi.Credentials, out *lines) (same bool, err error) {
	begun := time.Now()
	var text string
	same = true
	switch {
	case c.Clean:
		var o deploy.Outcome
		var forgotten bool
		if forgotten, err = wifi.Forget(ctx, r); err == nil {
			o, err = deploy.Clean(ctx, r)
		}
		text = cleaned(o, forgotten)
	case c.Check:
		var s deploy.State
		s, err = deploy.Check(ctx, r, files)
		differs := s.Differs(files)
		same, text = len(differs) == 0 && !s.CutOff, checked(s, files, differs)
	default:
		var o deploy.Outcome
		o, err = deploy.Put(ctx, r, files)
		text = deployed(o, files, time.Since(begun))
		if err == nil && network.SSID != "" {
			err = wifi.Store(ctx, r, network)
			text += "; it joins the network of " + network.SSIDVariable + " by itself now"
		}
	}
	if err != nil {
		return true, err
	}
	out.say("board %s: %s", name, text)
	return same, nil
}

func deployed(o deploy.Outcome, f deploy.Files, took time.Duration) string {
	if o.Unchanged() {
		return fmt.Sprintf("has firmware %s (%s) already", f.Hash, f.Form)
	}
	text := fmt.Sprintf("firmware %s (%s): %s, %d bytes in %s", f.Hash, f.Form, countFiles(len(o.Sent), "written"), o.Bytes, took.Round(10*time.Millisecond))
	if len(o.Removed) > 0 {
		text += ", " + countFiles(len(o.Removed), "removed")
	}
	return text
}

func checked(s deploy.State, f deploy.Files, differs []deploy.Difference) string {
	if s.CutOff {
		return "has half a firmware: a deployment was cut off; espy deploy finishes it, or whatever imports espy on the board"
	}
	if len(differs) == 0 {
		return fmt.Sprintf("has firmware %s (%s), each file of it", f.Hash, f.Form)
	}
	has := "no firmware"
	if s.Hash != "" {
		has = fmt.Sprintf("firmware %s (%s)", s.Hash, s.Form)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "has %s, where %s (%s) is to be; %s", has, f.Hash, f.Form, countFiles(len(differs), "to put right"))
	for _, d := range differs {
		fmt.Fprintf(&text, "\n  %-9s %s", d.What, d.Path)
	}
	return text.String()
}

func cleaned(o deploy.Outcome, network bool) string {
	text := "has nothing of Espy's"
	switch {
	case network && len(o.Removed) > 0:
		text = countFiles(len(o.Removed), "removed") + ", and the stored network"
	case network:
		text = "the stored network removed"
	case len(o.Removed) > 0:
		text = countFiles(len(o.Removed), "removed")
	}
	for _, name := range o.Kept {
		text += "\n  kept      " + name + ", which was changed since Espy put it there"
	}
	return text
}

func countFiles(n int, what string) string {
	if n == 1 {
		return "1 file " + what
	}
	return fmt.Sprintf("%d files %s", n, what)
}

// lines is an output that several write whole lines to.
type lines struct {
	secrets *redact.Redactor
	mu      sync.Mutex
	w       io.Writer
}

func (l *lines) say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(l.w, l.secrets.String(fmt.Sprintf(format, args...)))
}
