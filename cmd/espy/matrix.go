package main

import (
	"encoding/json"
	"errors"
	"os"

	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/sim"
)

// matrixCommand is espy matrix.
type matrixCommand struct {
	Boards      []string `arg:"" optional:"" name:"board" help:"sim and sim:CHIP in every release, unix, and boards of espy.yaml by name or label=LABEL; sim if there is none."`
	Release     []string `placeholder:"RELEASE" help:"MicroPython releases of virtual boards; all that there are if not given."`
	HTTPVersion []string `name:"http-version" default:"1.0,1.1,auto" enum:"1.0,1.1,auto" placeholder:"VERSION" help:"HTTP versions."`
	Map         string   `placeholder:"FILE" help:"The hardware map; the nearest espy.yaml if not given."`
}

// Run prints the matrix on one line, as GitHub's $GITHUB_OUTPUT takes it.
func (c *matrixCommand) Run() error {
	if len(c.Boards) == 0 {
		c.Boards = []string{"sim"}
	}
	if len(c.Release) == 0 {
		c.Release = sim.Releases()
	}
	rows, err := rig.Matrix(c.Boards, c.Release, c.HTTPVersion, c.Map)
	if errors.As(err, new(rig.Mistake)) {
		return usage("%w", err)
	} else if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(struct {
		Include []rig.Row `json:"include"`
	}{rows})
}
