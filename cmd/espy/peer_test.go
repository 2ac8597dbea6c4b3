//go:build peers

package main

import "testing"

// The scripts in testdata/unix need what make unix-board builds.
func TestUnixScripts(t *testing.T) {
	t.Parallel()
	scripts(t, "unix")
}
