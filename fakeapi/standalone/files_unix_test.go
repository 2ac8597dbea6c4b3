//go:build unix

package standalone

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheKeysOfSessionsAreForNobodyElse(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys")
	_, closeKeys, err := appendKeys(file)
	require.NoError(t, err)
	require.NoError(t, closeKeys())
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
}
