package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/scenarios"
)

// documented are the examples of docs/scenarios.md in files, with what becomes of
// each: pass, or what it says.
func documented(t *testing.T) (files []string, becomes map[string]string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/scenarios.md")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "album.json"), []byte(`{"id": 1}`), 0o600))
	becomes = map[string]string{}
	for i, m := range regexp.MustCompile("(?ms)^```yaml *(\\w*)\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		file := filepath.Join(dir, fmt.Sprintf("%02d.yaml", i))
		require.NoError(t, os.WriteFile(file, []byte(m[2]), 0o600))
		if becomes[file] = m[1]; m[1] == "" {
			becomes[file] = string(result.Pass)
		}
		files = append(files, file)
	}
	require.Greater(t, len(files), 20)
	return files, becomes
}

func TestTheExamplesOfTheReferenceDoAsTheySay(t *testing.T) {
	t.Parallel()
	require.Greater(t, runDocumented(t, "sim"), 20)
}

func TestTheReferenceShowsWhatIsSaidOfAFileWithMistakes(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/scenarios.md")
	require.NoError(t, err)
	m := regexp.MustCompile("(?s)```yaml error\n(.*?)```\n\n```console\n\\$ espy lint broken.yaml\n(.*?)```").FindStringSubmatch(string(text))
	require.NotNil(t, m)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "broken.yaml"), []byte(m[1]), 0o600))
	cmd := exec.CommandContext(t.Context(), "espy", "lint", "broken.yaml") // see TestMain
	cmd.Dir = dir
	out, err := cmd.Output()
	require.ErrorAs(t, err, new(*exec.ExitError))
	require.Equal(t, m[2], string(out))
}

// runDocumented runs the examples on a board, and tells how many it could run.
func runDocumented(t *testing.T, on string) (ran int) {
	t.Helper()
	files, becomes := documented(t)
	var sound []*scenarios.Scenario
	for _, f := range files {
		s, err := scenarios.LoadFile(f)
		if becomes[f] == "error" {
			require.ErrorAs(t, err, new(*scenarios.FileError))
			require.Len(t, strings.Split(err.Error(), "\n\n"), 3, "%v", err)
			continue
		}
		require.NoError(t, err)
		require.Empty(t, s.Warnings)
		sound = append(sound, s)
	}
	config, err := rig.Wire(t.Context(), rig.Choice{On: []string{on}, Jobs: 2})
	require.NoError(t, err)
	report := run.Scenarios(t.Context(), config, sound)
	for i := range report.Runs {
		r := &report.Runs[i]
		if r.Verdict == result.Skip && strings.Contains(r.SkipReason, "does not offer") {
			continue
		}
		ran++
		if string(r.Verdict) != becomes[r.File] {
			t.Errorf("%s [%s] is %s, and not %s", r.Scenario, r.Variant, r.Verdict, becomes[r.File])
			for d := range r.Diffs {
				t.Log("\n" + plain.Difference(&r.Diffs[d], 0))
			}
		}
	}
	return ran
}
