package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const workflow = "../../.github/workflows/nightly.yml"

func TestNightlyWorkflowUsesActionsByTheirCommits(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(workflow)
	require.NoError(t, err)
	uses := 0
	for line := range strings.Lines(string(text)) {
		if _, action, ok := strings.Cut(line, "uses: "); ok {
			uses++
			require.Regexp(t, `^[a-z-]+/[a-z-]+(/[a-z]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+\n$`, action)
		}
	}
	require.Positive(t, uses)
}

func TestMatrixHasWhatTheWorkflowReads(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(workflow)
	require.NoError(t, err)
	_, args, ok := strings.Cut(string(text), "$(bin/espy matrix ")
	require.True(t, ok)
	args, _, _ = strings.Cut(args, ")")
	out, err := exec.CommandContext(t.Context(), "espy", append([]string{"matrix"}, strings.Fields(args)...)...).Output() // see TestMain
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(out), "\n"))
	var matrix struct{ Include []map[string]any }
	require.NoError(t, json.Unmarshal(out, &matrix))
	require.NotEmpty(t, matrix.Include)
	for _, part := range strings.Split(string(text), "${{ matrix.")[1:] {
		key, _, _ := strings.Cut(part, " ")
		for _, row := range matrix.Include {
			require.NotEmpty(t, row[key], key)
		}
	}
	for _, version := range []string{"1.0", "1.1", "auto"} { // every axis has each of its values
		for _, board := range []string{"sim:1.27", "sim:esp32@1.27", "sim:esp8266@1.27"} {
			require.True(t, slices.ContainsFunc(matrix.Include, func(row map[string]any) bool {
				return row["board"] == board && row["http_version"] == version
			}), "%s, %s", board, version)
		}
	}
	require.Regexp(t, `\.ci/nightly \S+ hil --http-version 1\.0,1\.1,auto\n`, string(text))
	seen := map[any]bool{}
	for _, row := range matrix.Include {
		require.Regexp(t, `^[A-Za-z0-9.-]+$`, row["id"])
		require.False(t, seen[row["id"]], "%s", row["id"])
		seen[row["id"]] = true
	}
}

// night runs .ci/nightly, and gives the folder of the night.
func night(t *testing.T, dir string, args ...string) (folder string, status int) {
	t.Helper()
	script, err := filepath.Abs("../../.ci/nightly")
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), script, args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "ESPY=espy")
	out, err := c.Output()
	if err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError))
	}
	t.Logf("%s: %s", args, out)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return filepath.Join(dir, lines[len(lines)-1]), c.ProcessState.ExitCode()
}
