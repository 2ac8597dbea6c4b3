//go:build unix

package fakeapi_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// openFiles counts this process's file descriptors.
func openFiles(t testing.TB) int {
	t.Helper()
	all, err := os.ReadDir("/dev/fd")
	require.NoError(t, err)
	return len(all)
}
