// Command espy runs scenario files on boards, virtual and real, against a fake
// REST server, and says where what the firmware saw differs from what was
// expected, and from board to board.
//
// One file per command; this one reads the command line and ends the program. The
// exit statuses, and what leads to each, are in status.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"github.com/espy-hil/espy/rig"
)

// commands is the command line.
type commands struct {
	Run        runCommand        `cmd:"" help:"Run scenarios on boards, and say what differs."`
	Serve      serveCommand      `cmd:"" help:"Run the fake API alone, for any client."`
	Sim        simCommand        `cmd:"" help:"Publish virtual boards, for any program that talks to boards."`
	Diff       diffCommand       `cmd:"" help:"Say what changed between two results: new, mended, still, slower, hungrier."`
	Report     reportCommand     `cmd:"" help:"Write reports of results that were saved: a page, JUnit XML, Markdown."`
	Show       showCommand       `cmd:"" help:"Show one run again, with its bytes."`
	Init       initCommand       `cmd:"" help:"Begin a project: a first scenario, espy.yaml, a workflow, a setting for editors."`
	Doctor     doctorCommand     `cmd:"" help:"Look at what espy needs of this machine, and say what to type."`
	Setup      setupCommand      `cmd:"" help:"Fetch and compile what the virtual boards need."`
	Lint       lintCommand       `cmd:"" help:"Check scenario files without running them."`
	Schema     schemaCommand     `cmd:"" help:"Print the JSON Schema of scenario files, for editors, or of results."`
	Build      buildCommand      `cmd:"" help:"Write the files that a board gets."`
	Flash      flashCommand      `cmd:"" help:"Write an official MicroPython to a board's flash, with your esptool."`
	Matrix     matrixCommand     `cmd:"" help:"Print releases, HTTP versions and boards as a matrix of CI jobs."`
	Hil        hilCommand        `cmd:"" help:"Deploy, run the scenarios on real boards and on virtual ones of the same release, and compare."`
	Boards     boardsCommand     `cmd:"" help:"List the boards that are attached, and those of espy.yaml."`
	Deploy     deployCommand     `cmd:"" help:"Put the firmware on boards' flash, whole or not at all."`
	Help       helpCommand       `cmd:"" help:"Help on a command, or on a frequent trouble."`
	Completion completionCommand `cmd:"" help:"Print what makes a shell complete espy's command lines."`
	Complete   completeCommand   `cmd:"" hidden:"" help:"How a command line may go on; shells ask this."`
	Version    versionCommand    `cmd:"" help:"Say which espy this is."`
}

func main() {
	os.Exit(guarded(func() int { return espy(os.Args[1:]) }))
}

// guarded runs the program; a panic is a bug, and has an exit status of its own.
func guarded(program func() int) (status int) {
	defer func() {
		if bug := recover(); bug != nil {
			text := fmt.Sprintf("espy: this is a bug in espy, please report it: %v\n\n%s", bug, debug.Stack())
			fmt.Fprint(os.Stderr, rig.Secrets("").String(text))
			status = statusBug
		}
	}()
	return program()
}

// espy is the program; it returns the exit status.
func espy(args []string) int {
	ctx, stop := untilSignal(context.Background())
	defer stop()

	chosen, err := parse(args)
	if errors.Is(err, errHelp) {
		return statusOK
	}
	if err == nil {
		chosen.BindTo(ctx, (*context.Context)(nil))
		err = chosen.Run()
	}
	if text := sentence(err); text != "" {
		fmt.Fprintln(os.Stderr, rig.Secrets("").String(text))
	}
	return statusOf(err)
}

// options describe the command line; exit is called when help has been given.
func options(exit func(int)) []kong.Option {
	return []kong.Option{
		kong.Name("espy"),
		kong.Description("Sees where your board's HTTP differs from what you tested on your laptop."),
		kong.UsageOnError(),
		kong.Help(printHelp),
		kong.Exit(exit),
	}
}

// errHelp says that help was asked for, and has been given.
var errHelp = errors.New("help")

// parse reads the command line; what is wrong with it is a usage error.
func parse(args []string) (*kong.Context, error) {
	if len(args) == 0 {
		args = []string{"--help"}
	}
	helped := false
	parser, err := kong.New(&commands{}, options(func(int) { helped = true })...)
	if err != nil {
		return nil, fmt.Errorf("reading the command line's own description: %w", err)
	}
	chosen, err := parser.Parse(args)
	switch {
	case helped:
		return nil, errHelp
	case errors.As(err, new(unprinted)):
		return nil, err
	case err != nil:
		return nil, usage("%w; see %s --help", err, asFar(err))
	}
	return chosen, nil
}

// asFar is the command line as far as it was understood: espy, or espy run.
func asFar(err error) string {
	var wrong *kong.ParseError
	if errors.As(err, &wrong) {
		if command := wrong.Context.Selected(); command != nil {
			return "espy " + command.Path()
		}
	}
	return "espy"
}
