// Package doctor looks at what Espy needs of a machine, and says of each thing what it
// found, and what to type where something is to be done.
//
//	checks (one a file) ──at once, each with a deadline──> findings, in order
//
// A finding is ok; a note, where something is not there that only some need; or trouble,
// where something that is there does not work, or what every run needs is missing. It
// opens no serial port: that resets some boards.
package doctor

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// A State is how something is.
type State string

// The states.
const (
	OK      State = "ok"
	Note    State = "note"
	Trouble State = "trouble"
)

// A Finding is what a check found.
type Finding struct {
	Check string `json:"check"`
	State State  `json:"state"`
	Says  string `json:"says"`
	Type  string `json:"type,omitempty"` // what to type
}

// A check looks at one thing.
type check struct {
	name string
	look func(context.Context, Machine) Finding
}

// checks are all, in the order in which they are told.
var checks = []check{
	{"go", goToolchain},
	{"npm", npm},
	{"runtimes", runtimesCached},
	{"unix board", unixBoard},
	{"esptool", esptool},
	{"serial", serialPorts},
	{"tcp ports", tcpPorts},
	{"firewall", firewall},
	{"wifi", wifi},
	{"disk", disk},
}

// A Machine is what is looked at. The zero Machine is none; see [This].
type Machine struct {
	Env  func(string) string
	Find func(program string) (path string, err error)
	Run  func(ctx context.Context, program string, args ...string) (string, error)
	Root string // where /dev, /etc and /proc are; empty: /
}

// This is the machine that this is.
func This() Machine { return Machine{Env: os.Getenv, Find: exec.LookPath, Run: output} }

// output is what a program prints, on whichever stream.
func output(ctx context.Context, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// most is how long a check may take: some start a program that starts an interpreter.
const most = 20 * time.Second

// Examine makes all checks.
func Examine(ctx context.Context, m Machine) []Finding {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	all := make([]Finding, len(checks))
	var wg sync.WaitGroup
	for i, c := range checks {
		wg.Go(func() {
			all[i] = c.look(ctx, m)
			all[i].Check = c.name
		})
	}
	wg.Wait()
	return all
}

func ok(says string) Finding              { return Finding{State: OK, Says: says} }
func note(says, do string) Finding        { return Finding{State: Note, Says: says, Type: do} }
func trouble(says, do string) Finding     { return Finding{State: Trouble, Says: says, Type: do} }
func firstLine(s string) string           { line, _, _ := strings.Cut(s, "\n"); return strings.TrimSpace(line) }
func (m Machine) file(path string) string { return m.Root + path }
