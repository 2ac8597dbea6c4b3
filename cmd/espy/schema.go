package main

import (
	"os"

	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/scenarios"
)

// schemaCommand is espy schema.
type schemaCommand struct {
	Of string `arg:"" optional:"" default:"scenario" enum:"scenario,hardware,result" help:"What the schema is of: scenario (if not given), hardware (espy.yaml), or result, which is what espy run --json writes."`
}

// Run prints the schema.
func (c *schemaCommand) Run() error {
	of := map[string]func() ([]byte, error){
		"scenario": scenarios.Schema, "hardware": scenarios.HardwareSchema, "result": jsonfile.Schema,
	}[c.Of]
	text, err := of()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}
