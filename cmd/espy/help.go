package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/espy-hil/espy/docs"
)

// helpCommand is espy help.
type helpCommand struct {
	Topic    string `arg:"" optional:"" help:"A command, or a frequent trouble, such as 505; all of them are listed if not given."`
	Markdown bool   `hidden:"" help:"Print the reference of all commands, as docs/commands.md has it."`
}

// Run prints help on a topic.
func (c *helpCommand) Run(app *kong.Kong) error {
	if c.Markdown {
		_, err := os.Stdout.WriteString(reference(app.Model))
		return err
	}
	if c.Topic == "" {
		_, err := os.Stdout.WriteString(topics(app.Model))
		return err
	}
	for _, trouble := range docs.Troubles() {
		if trouble.Name == c.Topic {
			_, err := fmt.Fprintf(os.Stdout, "%s\n\n%s", trouble.Name, unmarked(trouble.Text))
			return err
		}
	}
	for _, command := range app.Model.Leaves(true) {
		if command.Path() == c.Topic {
			_, err := app.Parse(append(strings.Fields(c.Topic), "--help"))
			return err
		}
	}
	return usage("there is no help on %q; espy help lists what there is help on", c.Topic)
}

// topics lists what there is help on.
func topics(model *kong.Application) string {
	var b strings.Builder
	b.WriteString("commands\n")
	for _, command := range model.Leaves(true) {
		fmt.Fprintf(&b, "  %-12s %s\n", command.Path(), command.Help)
	}
	b.WriteString("\nfrequent troubles\n")
	for _, trouble := range docs.Troubles() {
		fmt.Fprintf(&b, "  %-12s %s\n", trouble.Name, first(trouble.Text))
	}
	return b.String()
}

// first is the sentence in bold that every trouble begins with.
func first(text string) string {
	_, rest, _ := strings.Cut(text, "**")
	sentence, _, _ := strings.Cut(rest, "**")
	return unmarked(sentence)
}

// unmarked is Markdown as it reads on a terminal: without the marks for bold, code and
// links.
func unmarked(text string) string {
	var b strings.Builder
	code := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			code = !code
			continue
		}
		if code {
			b.WriteString("    " + line)
			continue
		}
		line = strings.NewReplacer("**", "", "`", "").Replace(line)
		for {
			before, rest, link := strings.Cut(line, "](")
			target, after, closed := strings.Cut(rest, ")")
			if !link || !closed {
				break
			}
			open := strings.LastIndex(before, "[")
			line = before[:max(open, 0)] + before[open+1:] + " (docs/" + target + ")" + after
		}
		b.WriteString(line)
	}
	return b.String()
}
