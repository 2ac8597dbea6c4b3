package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// readme gives the blocks of a kind in README.md.
func readme(t *testing.T, kind string) []string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	var blocks []string
	for _, m := range regexp.MustCompile("(?ms)^```"+kind+"\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

// espyRun runs the program as a user does, and gives what it prints.
func espyRun(t *testing.T, dir string, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "espy", append([]string{"run"}, args...)...) // see TestMain
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit := new(exec.ExitError); err != nil {
		require.ErrorAs(t, err, &exit)
		require.Empty(t, string(exit.Stderr))
	}
	return timeless(string(out))
}

// timeless gives lines without what differs from run to run: times.
func timeless(text string) []string {
	text = regexp.MustCompile(` +\d+ ms|in [\d.]+ s`).ReplaceAllString(text, "")
	return strings.Split(strings.TrimSpace(text), "\n")
}

// uncounted gives lines without how many runs there were: the suites grow.
func uncounted(lines []string) []string {
	counts := regexp.MustCompile(`\b\d+ (runs|pass|skip)\b`)
	for i, line := range lines {
		lines[i] = counts.ReplaceAllString(line, "N $1")
	}
	return lines
}

func TestTheReadmeShowsWhatMakeRunPrints(t *testing.T) {
	t.Parallel()
	shown := uncounted(timeless(strings.TrimPrefix(readme(t, "console")[0], "$ make run\n")))
	printed := uncounted(espyRun(t, "."))
	for _, line := range shown {
		if line != "…" {
			require.Contains(t, printed, line)
		}
	}
}

func TestTheReadmesExamplePassesAndFailsAsItIsShown(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "album.yaml")
	example := readme(t, "yaml")[0]
	require.NoError(t, os.WriteFile(file, []byte(example), 0o600))
	require.Contains(t, espyRun(t, filepath.Dir(file), "album.yaml"), "1 run : 1 pass")

	refused := strings.Replace(example, "refuse: 505", "refuse: 400", 1)
	require.NotEqual(t, example, refused)
	require.NoError(t, os.WriteFile(file, []byte(refused), 0o600))
	shown := timeless(strings.TrimPrefix(readme(t, "console")[1], "$ bin/espy run album.yaml\n"))
	if diff := cmp.Diff(shown, espyRun(t, filepath.Dir(file), "album.yaml")); diff != "" {
		t.Errorf("README.md shows something else (-shown +printed):\n%s", diff)
	}
}
