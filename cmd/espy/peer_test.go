//go:build peers

package main

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/scenarios"
)

// The scripts in testdata/unix need what make unix-board builds.
func TestUnixScripts(t *testing.T) {
	t.Parallel()
	scripts(t, "unix")
}

// What needs a heap that is measured is not for the virtual board.
func TestUnixScenariosCanFail(t *testing.T) {
	t.Parallel()
	suite, err := scenarios.LoadBundled()
	require.NoError(t, err)
	suite = slices.DeleteFunc(suite, func(s *scenarios.Scenario) bool { return len(s.Needs) == 0 })
	require.NotEmpty(t, suite)
	canFail(t, "unix:tls", suite)
}

// The unix boards measure their heap as well.
func TestUnixExamplesOfTheReferenceDoAsTheySay(t *testing.T) {
	t.Parallel()
	require.Greater(t, runDocumented(t, "unix:tls"), runDocumented(t, "sim"))
}
