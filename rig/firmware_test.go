package rig_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/rig"
)

// The environment is of all tests, so these are not parallel.
func TestWithoutACompilerTheCompiledFormSaysHowToGetOne(t *testing.T) {
	t.Setenv("ESPY_CACHE", filepath.Join(t.TempDir(), "empty"))
	t.Setenv("PATH", t.TempDir())
	_, err := rig.Bundle(t.Context(), firmware.FormCompiled)
	require.ErrorContains(t, err, "make unix-board")
	require.ErrorAs(t, err, new(rig.Mistake))
	_, err = rig.Bundle(t.Context(), firmware.FormSource)
	require.NoError(t, err)
}
