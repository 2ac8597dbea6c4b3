package firmware_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
)

func TestACompilerThatDoesNotRunIsNamed(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "mpy-cross")
	_, err := firmware.Compile(t.Context(), missing)
	require.ErrorContains(t, err, "compiling the firmware: "+missing)

	_, err = firmware.Compile(t.Context(), "go") // which knows no --version
	require.ErrorContains(t, err, "it said: flag provided but not defined")
}
