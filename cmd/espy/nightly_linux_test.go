package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A board that is away for a night says nothing: what failed before is not new after it.
func TestNightAfterAnOutageTellsOfNothingOld(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	scenario(t, dir, "404")
	address := filepath.Join(dir, "board")
	one := func() int {
		nextSecond()
		_, status := night(t, dir, "nights", "run", "--on", "serial:"+address, "a.yaml")
		return status
	}
	unplug := attach(t, address, "1.27")
	require.Equal(t, statusDiffers, one())
	unplug()
	require.Equal(t, statusRig, one())
	require.Equal(t, statusRig, one())
	t.Cleanup(attach(t, address, "1.27"))
	require.Equal(t, statusDiffers, one())
	issues, err := filepath.Glob(filepath.Join(dir, "nights", "*", "issue.md"))
	require.NoError(t, err)
	require.Empty(t, issues)
}
