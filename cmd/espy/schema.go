package main

import (
	"os"

	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/scenarios"
)

// schemaCommand is espy schema.
type schemaCommand struct {
	Of string `arg:"" optional:"" default:"scenario" enum:"scenario,result" help:"What the schema is of: scenario (if not given), or result, which is what espy run --json writes."`
}

// Run prints the schema.
func (c *schemaCommand) Run() error {
	of := scenarios.Schema
	if c.Of == "result" {
		of = jsonfile.Schema
	}
	text, err := of()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}
