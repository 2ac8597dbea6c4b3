package sim_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// snapshotFiles is how many files of snapshots this process has open.
func snapshotFiles(t *testing.T) int {
	t.Helper()
	all, err := filepath.Glob("/proc/self/fd/*")
	require.NoError(t, err)
	require.NotEmpty(t, all)
	n := 0
	for _, fd := range all {
		if to, err := os.Readlink(fd); err == nil && strings.Contains(to, "espy-snapshot") {
			n++
		}
	}
	require.Positive(t, n)
	return n
}
