//go:build peers

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPeerActionlintFindsNothingWrongWithTheNightlyWorkflow(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(workflow)
	require.NoError(t, err)
	require.Empty(t, actionlint(t, string(text)))
	broken := strings.Replace(string(text), "needs.matrix.outputs.virtual", "needs.matrix.outputs.virtuel", 1)
	require.Contains(t, actionlint(t, broken), "virtuel", "it can find something")
}

// actionlint is what it says of a workflow.
func actionlint(t *testing.T, text string) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), "go", "tool", "-modfile=tools/go.mod", "actionlint", "-config-file", ".github/actionlint.yaml", "-")
	c.Dir, c.Stdin = root, strings.NewReader(text)
	out, err := c.CombinedOutput()
	if err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError))
	}
	return string(out)
}
