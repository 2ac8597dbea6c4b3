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

// transcript is what README.md shows of a command, without it.
func transcript(t *testing.T, command string) string {
	t.Helper()
	for _, block := range readme(t, "console") {
		if shown, found := strings.CutPrefix(block, "$ "+command+"\n"); found {
			return shown
		}
	}
	t.Fatalf("README.md does not show %s", command)
	return ""
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
	shown := uncounted(timeless(transcript(t, "make run")))
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
	shown := timeless(transcript(t, "bin/espy run album.yaml"))
	if diff := cmp.Diff(shown, espyRun(t, filepath.Dir(file), "album.yaml")); diff != "" {
		t.Errorf("README.md shows something else (-shown +printed):\n%s", diff)
	}
}

// Whatever README.md and the documents tell to type is taken by the command line, and by
// make.
func TestWhatTheDocumentsTellToTypeIsTaken(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	pages, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	lines := map[string]int{}
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, block := range regexp.MustCompile("(?ms)^```console\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
			for line := range strings.Lines(block[1]) {
				line = strings.TrimSpace(strings.TrimPrefix(line, "$ "))
				command := regexp.MustCompile(` [#&|>].*`).ReplaceAllString(line, "") // a comment, and what the shell does with it
				command = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(command, "source <("), "bin/"))
				switch name, _, _ := strings.Cut(command, " "); name {
				case "espy":
					takes(t, strings.TrimSuffix(command, ")"))
				case "make":
					target := strings.Fields(command)[1]
					require.Regexp(t, `(?m)^`+regexp.QuoteMeta(target)+`:`, string(makefile), "%s: %s", page, line)
				}
				lines[page]++
			}
		}
	}
	require.Greater(t, lines["../../README.md"], 40)
}

func TestTheReadmesGoIsThatOfTheExample(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../../examples/gotest/thermometer_test.go")
	require.NoError(t, err)
	blocks := readme(t, "go")
	require.Len(t, blocks, 1)
	require.Contains(t, string(example), blocks[0])
}

func TestTheReadmesLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	links := regexp.MustCompile(`(?:\]\(|src="|srcset=")([^)"#]+)[)"]`).FindAllStringSubmatch(string(text), -1)
	require.Greater(t, len(links), 10)
	for _, link := range links {
		if !strings.Contains(link[1], "://") {
			_, err := os.Stat(filepath.Join("../..", link[1]))
			require.NoError(t, err)
		}
	}
}
