package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// reference is docs/commands.md: what --help of every command says, from the same
// source.
func reference(model *kong.Application) string {
	var b strings.Builder
	b.WriteString("# Commands\n\nWritten by `make docs` from what `--help` shows.\n\n")
	for _, command := range model.Leaves(true) {
		fmt.Fprintf(&b, "- [`espy %s`](#espy-%s): %s\n", command.Path(), strings.ReplaceAll(command.Path(), " ", "-"), command.Help)
	}
	b.WriteString("\nThe exit status of all of them is 0 where all is as it should be; 1 where something differs; 2 for a mistake in the command line or in a file; " +
		"3 where the rig failed, nothing ran, or something could not be written; 130 when interrupted; 70 for a bug in Espy.\n")
	for _, command := range model.Leaves(true) {
		fmt.Fprintf(&b, "\n## espy %s\n\n%s\n", command.Path(), command.Help)
		if command.Detail != "" {
			fmt.Fprintf(&b, "\n%s\n", command.Detail)
		}
		fmt.Fprintf(&b, "\n```console\n")
		for _, e := range examples[command.Path()] {
			fmt.Fprintf(&b, "%-52s # %s\n", e.line, e.does)
		}
		b.WriteString("```\n")
		if rows := parameters(command); len(rows) > 0 {
			b.WriteString("\n| | |\n| --- | --- |\n" + strings.Join(rows, ""))
		}
	}
	return b.String()
}

// parameters are the rows of the arguments and flags of a command.
func parameters(command *kong.Node) (rows []string) {
	row := func(name, help, otherwise string) {
		if otherwise != "" {
			help += " Default: `" + otherwise + "`."
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s |\n", name, strings.ReplaceAll(help, "|", `\|`)))
	}
	for _, argument := range command.Positional {
		row(argument.Summary(), argument.Help, argument.Default)
	}
	for _, flag := range command.Flags {
		if flag.Hidden || flag.Name == "help" {
			continue
		}
		name := "--" + flag.Name
		if !flag.IsBool() {
			name += "=" + flag.FormatPlaceHolder()
		}
		if flag.Short != 0 {
			name = "-" + string(flag.Short) + ", " + name
		}
		row(name, flag.Help, flag.Default)
	}
	return rows
}
