// Package rig puts together what runs are made on, by the names that users have for
// it: the boards, the firmware in a form, the client under test, the ledgers.
//
//	Choice (--on, --client, --form, --jobs) --Wire--> run.Config
//	scenario files, --known ----------------Ledger--> ledger.Book
//
// The command line and package espytest make their choices, and nobody else knows
// this package: it alone knows both the harness and the kinds of boards.
package rig

import (
	"context"
	"fmt"
	"runtime"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/recovery"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/hil/wifi"
)

// Choice is what a user may choose. The zero Choice is the newest virtual board with
// Espy's own client, from source.
type Choice struct {
	On      []string // boards, the first is the reference; none: sim
	Clients []string // see [Clients]; none: espy.requests
	Form    string   // py or mpy; empty: py
	// Twins are the virtual boards that boards of On are compared with, by their names,
	// instead of with the first of On: see [Twins].
	Twins map[string]string
	// NotReady are the boards of On of which [Prepare] has found that they are not: those
	// that are dead, missing or another's are not tried again.
	NotReady map[string]error
	Network  wifi.Options      // where this computer may listen for boards on a network
	Say      func(text string) // told how boards are on their network; nil: standard error is
	Map      string            // the hardware map; empty: the nearest espy.yaml
	Jobs     int               // runs at once on boards of this machine; 0: two for each processor, since much of a run is waiting
}

// Mistake is a choice that cannot be carried out. It says what there is.
type Mistake struct{ error }

func (m Mistake) Unwrap() error { return m.error }

func mistake(format string, args ...any) error { return Mistake{fmt.Errorf(format, args...)} }

// Wire makes the configuration of runs: boards, client and firmware.
func Wire(ctx context.Context, c Choice) (run.Config, error) {
	if len(c.On) == 0 {
		c.On = []string{"sim"}
	}
	if len(c.Clients) == 0 {
		c.Clients = []string{ownClient}
	}
	if c.Form == "" {
		c.Form = firmware.FormSource
	}
	if c.Jobs == 0 {
		c.Jobs = 2 * runtime.GOMAXPROCS(0)
	}
	chosen, err := clients(c.Clients)
	if err != nil {
		return run.Config{}, err
	}
	bundle, err := Bundle(ctx, c.Form)
	if err != nil {
		return run.Config{}, err
	}
	files := onBoard(bundle, chosen)
	config := run.Config{Clients: chosen.onBoards, Connect: connect(files), Jobs: c.Jobs, Redact: Secrets(c.Map), Firmware: result.Firmware{Hash: files.Hash, Form: files.Form}}
	if len(chosen.onBoards) > 0 {
		if config.Boards, err = pools(c, files); err != nil {
			return run.Config{}, err
		}
	}
	if len(chosen.onHost) > 0 {
		config.Boards = append(config.Boards, hostPool(chosen.onHost, c.Jobs))
	}
	return config, nil
}

// pools makes a pool of boards for each name.
func pools(c Choice, files deploy.Files) ([]run.Pool, error) {
	h, err := Hardware(c.Map)
	if err != nil {
		return nil, Mistake{err}
	}
	chosen, err := targets(c.On, h)
	if err != nil {
		return nil, err
	}
	if chosen, err = withTwins(chosen, c.Twins); err != nil {
		return nil, err
	}
	var all []run.Pool
	for _, t := range chosen {
		power, err := powering(t, files)
		if err != nil {
			return nil, mistake("--on: %w", err)
		}
		pool := run.Pool{Name: t.name, Local: true, Size: c.Jobs, Power: power, Reference: referenceOf(t, c.Twins)}
		if t.elsewhere() {
			pool.Local, pool.Size, pool.Power = false, 1, onNetwork(t, c, leased(t.where(), "espy run", power))
		}
		if err := c.NotReady[t.name]; recovery.Final(err) {
			pool.Power = func(context.Context) (board.Board, error) { return nil, err }
		}
		all = append(all, pool)
	}
	return all, nil
}
