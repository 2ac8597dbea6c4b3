package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/docs"
	"github.com/espy-hil/espy/hil/report/plain"
)

// commandLine is the parser of the command line.
func commandLine(t *testing.T) *kong.Kong {
	t.Helper()
	parser, err := kong.New(&commands{}, options(func(int) {})...)
	require.NoError(t, err)
	return parser
}

func TestEveryCommandHasExamplesThatItTakes(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, command := range commandLine(t).Model.Leaves(true) {
		known[command.Path()] = true
		if len(examples[command.Path()]) == 0 {
			t.Errorf("espy %s has no example: give it one in examples.go", command.Path())
		}
		for _, e := range examples[command.Path()] {
			takes(t, e.line)
			require.True(t, strings.HasPrefix(e.line+" ", "espy "+command.Path()+" "), e.line)
		}
	}
	for path := range examples {
		require.True(t, known[path], "there are examples for espy %s, which there is not", path)
	}
}

// takes sees that the command line takes a line.
func takes(t *testing.T, line string) {
	t.Helper()
	words := strings.Fields(line)
	if i := strings.IndexByte(line, '\''); i >= 0 { // one word in quotes
		quoted := line[i+1 : strings.LastIndexByte(line, '\'')]
		words = append(append(strings.Fields(line[:i]), quoted), strings.Fields(line[i+len(quoted)+2:])...)
	}
	_, err := commandLine(t).Parse(words[1:])
	require.NoError(t, err, line)
}

func TestTheCommandsPageIsWhatHelpSays(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/commands.md")
	require.NoError(t, err)
	if d := cmp.Diff(string(page), reference(commandLine(t).Model)); d != "" {
		t.Errorf("docs/commands.md is stale, run: make docs (-page +help):\n%s", d)
	}
}

func TestHelpShowsTheExamples(t *testing.T) {
	t.Parallel()
	for path, all := range examples {
		var out bytes.Buffer
		parser, err := kong.New(&commands{}, append(options(func(int) {}), kong.Writers(&out, &out))...)
		require.NoError(t, err)
		_, _ = parser.Parse(append(strings.Fields(path), "--help")) // prints, and would then end the program
		for _, e := range all {
			require.Contains(t, out.String(), "\n  "+e.line+"\n      "+e.does+"\n")
		}
	}
}

// Whatever the program refers to is there, and every command line of the page is taken.
func TestTheTroublesThatErrorsNameAreOnTheirPage(t *testing.T) {
	t.Parallel()
	there := map[string]string{}
	for _, trouble := range docs.Troubles() {
		require.Regexp(t, `^[a-z0-9-]+$`, trouble.Name)
		require.Regexp(t, `^\*\*`, trouble.Text, "%s begins with a sentence in bold", trouble.Name)
		require.Empty(t, there[trouble.Name], "%s is there twice", trouble.Name)
		there[trouble.Name] = trouble.Text
	}
	for _, topic := range plain.Topics() {
		require.NotEmpty(t, there[topic], topic)
	}
	page, err := os.ReadFile("../../docs/troubles.md")
	require.NoError(t, err)
	lines := regexp.MustCompile(`(?m)^espy .*$`).FindAllString(string(page), -1)
	require.NotEmpty(t, lines)
	for _, line := range lines {
		takes(t, line)
	}
}
