package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/espy-hil/espy/rig/doctor"
)

// doctorCommand is espy doctor.
type doctorCommand struct {
	JSON bool `name:"json" help:"Print what was found as JSON."`
}

// Help is what --help says beyond the sentence.
func (*doctorCommand) Help() string {
	return "The exit status is 3 where there is trouble: something that every run needs is missing, or something that is there does not work. " +
		"What only some need is noted. No serial port is opened."
}

// Run says what it found. Trouble has the status of a rig that fails.
func (c *doctorCommand) Run(ctx context.Context) error {
	found := doctor.Examine(ctx, doctor.This())
	var err error
	if c.JSON {
		e := json.NewEncoder(os.Stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err = e.Encode(found)
	} else {
		_, err = os.Stdout.WriteString(diagnosis(found))
	}
	for _, f := range found {
		if err == nil && f.State == doctor.Trouble {
			return verdictError{statusRig}
		}
	}
	return err
}

// diagnosis is what was found, for a person.
func diagnosis(found []doctor.Finding) string {
	var b strings.Builder
	count := map[doctor.State]int{}
	for _, f := range found {
		count[f.State]++
		fmt.Fprintf(&b, "%-8s %-11s %s\n", f.State, f.Check, f.Says)
		if f.Type != "" {
			fmt.Fprintf(&b, "%-8s %-11s type: %s\n", "", "", f.Type)
		}
	}
	fmt.Fprintf(&b, "\n%d ok, %d to note, %d in trouble\n", count[doctor.OK], count[doctor.Note], count[doctor.Trouble])
	return b.String()
}
