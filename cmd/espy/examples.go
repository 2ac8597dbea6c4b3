package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// An example is a command line, and what it does.
type example struct{ line, does string }

// examples are shown by --help of each command and in docs/commands.md.
var examples = map[string][]example{
	"run": {
		{"espy run", "every bundled scenario, on a virtual board"},
		{"espy run scenarios/version -t 505", "a folder; only what is tagged 505"},
		{"espy run --on sim:1.24,sim:1.29", "two releases of MicroPython, compared"},
		{"espy run --http-version 1.0,1.1,auto", "the HTTP version as an axis"},
		{"espy run --client ./mylib.py album.yaml", "your own client"},
		{"espy run --json out.json --slowest 10", "keep the results; list the slowest runs"},
		{"espy run --html out.html --pcap wire/", "a page to look at, with a capture of each run"},
		{"espy run --json night.json --previous night.json", "since when what fails fails, night after night"},
	},
	"serve": {
		{"espy serve", "the fake API on 127.0.0.1:8080"},
		{"espy serve --accept 1.1 --refuse 505 -v", "refuse HTTP/1.0, and show every byte"},
		{"espy serve --personality nginx --admin 127.0.0.1:8081", "as nginx does, with a page to watch it"},
	},
	"sim": {
		{"espy sim --pty /tmp/board", "a virtual board for mpremote connect /tmp/board"},
		{"espy sim --tcp 127.0.0.1:0 sim:1.24", "an older one, over TCP"},
	},
	"diff": {
		{"espy diff yesterday.json today.json", "what changed overnight"},
		{"espy diff --json a.json b.json", "the same, for a program"},
		{"espy diff --markdown main.json branch.json", "what a branch changes, for its pull request"},
	},
	"report": {
		{"espy report out.json --html out.html", "a page of results that were saved"},
		{"espy report out.json --markdown -", "what broke, for a pull request"},
	},
	"show": {
		{"espy show", "what differed in the last run in this folder"},
		{"espy show 12", "run #12 of it, with every byte"},
		{"espy show '505 unix fail' night.json", "one of a file, by words"},
	},
	"init":   {{"espy init", "begin here"}, {"espy init thermometer", "begin in another folder"}},
	"doctor": {{"espy doctor", "is everything here?"}, {"espy doctor --json", "the same, for a program"}},
	"setup":  {{"espy setup", "fetch what is missing, once"}},
	"lint":   {{"espy lint", "the bundled scenarios"}, {"espy lint --json my-scenarios", "a folder, for an editor"}},
	"schema": {{"espy schema", "the schema, for an editor to read from a file"}, {"espy schema hardware", "that of espy.yaml"}, {"espy schema result", "that of what espy run --json writes"}},
	"build":  {{"espy build", "the files, in build/firmware"}, {"espy build --form mpy --client out", "the client alone, compiled"}},
	"boards": {
		{"espy boards", "what is attached, and what espy.yaml has"},
		{"espy boards --probe", "the same, and each asked what it is"},
	},
	"deploy": {
		{"espy deploy serial:/dev/ttyUSB0", "the firmware, to a board's flash"},
		{"espy deploy --check", "does anything differ, on any attached board?"},
	},
	"flash": {
		{"espy flash ESP32_GENERIC", "the newest MicroPython, on the board that is attached"},
		{"espy flash ESP8266_GENERIC@1.27.0 serial:/dev/ttyUSB0", "a release, on one of several"},
	},
	"hil": {
		{"espy hil", "every attached board, and virtual ones of the same release"},
		{"espy hil label=wifi --scenarios scenarios/version --out night", "some boards of espy.yaml, one suite"},
	},
	"matrix": {
		{"espy matrix", "every release, for a workflow's strategy"},
		{"espy matrix sim unix --http-version 1.0,1.1", "two kinds of boards, two versions"},
	},
	"help": {{"espy help 505", "what a 505 means, and what to do"}, {"espy help run", "the same as espy run --help"}},
	"completion": {
		{"espy completion bash", "for ~/.bashrc: source <(espy completion bash)"},
		{"espy completion fish", "for ~/.config/fish/completions/espy.fish: espy completion fish | source"},
	},
	"version": {{"espy version", "what to name in a bug report"}},
}

// printHelp prints the usual help, and examples where a command is chosen.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	err := kong.DefaultHelpPrinter(options, ctx)
	if command := ctx.Selected(); err == nil && command != nil {
		err = writeExamples(ctx.Stdout, examples[command.Path()])
	}
	if err != nil {
		return unprinted{err}
	}
	return nil
}

// unprinted is why help could not be written, which is no mistake in the command line.
type unprinted struct{ error }

func (u unprinted) Unwrap() error { return u.error }

func writeExamples(w io.Writer, all []example) error {
	var b strings.Builder
	b.WriteString("\nExamples:\n")
	for _, e := range all {
		fmt.Fprintf(&b, "  %s\n      %s\n", e.line, e.does)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
