package main

import (
	"embed"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCommand is espy completion.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
}

//go:embed completion
var completions embed.FS

// Run prints what makes a shell complete command lines of espy: it asks espy complete.
func (c *completionCommand) Run() error {
	script, err := completions.ReadFile("completion/espy." + c.Shell)
	if err != nil {
		return fmt.Errorf("completion for %s: %w", c.Shell, err)
	}
	_, err = os.Stdout.Write(script)
	return err
}

// completeCommand is espy complete, which the shells ask.
type completeCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"Who asks."`
	Line  string `arg:"" help:"The command line, up to the cursor."`
}

// Run prints how the last word of the line may go on, one way a line, with what it is
// after a tab for shells that show it. The line :files says that a file's name may
// stand there.
func (c *completeCommand) Run(app *kong.Kong) error {
	words := split(c.Line)
	if len(words) < 2 {
		return nil
	}
	found, files := complete(app.Model.Node, words[1:])
	var b strings.Builder
	for _, f := range found {
		switch c.Shell {
		case "bash":
			b.WriteString(fromBreak(f.word, words[len(words)-1]) + "\n")
		default:
			fmt.Fprintf(&b, "%s\t%s\n", f.word, f.help)
		}
	}
	if files {
		b.WriteString(":files\n")
	}
	_, err := os.Stdout.WriteString(b.String())
	return err
}

// fromBreak is the part of a candidate that bash wants: it takes the characters : and =
// for the beginning of another word (COMP_WORDBREAKS).
func fromBreak(candidate, word string) string {
	if at := strings.LastIndexAny(word, ":="); at >= 0 && len(candidate) > at {
		return candidate[at+1:]
	}
	return candidate
}

// split is the words of a line as a shell has them, the last of which may be empty, or
// be missing its closing quote.
func split(line string) []string {
	words := []string{""}
	var quote rune
	escaped := false
	for _, r := range line {
		last := &words[len(words)-1]
		switch {
		case escaped:
			*last += string(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped = true
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			*last += string(r)
		case r == '\'' || r == '"':
			quote = r
		case r == ' ' || r == '\t' || r == '\n':
			if *last != "" {
				words = append(words, "")
			}
		default:
			*last += string(r)
		}
	}
	return words
}
