package main

import (
	"os"

	"github.com/espy-hil/espy/scenarios"
)

// schemaCommand is espy schema.
type schemaCommand struct{}

// Run prints the schema.
func (schemaCommand) Run() error {
	text, err := scenarios.Schema()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}
