package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// barePath is a PATH with nothing but what a Debian has from its first day on, and with a sudo
// that lets nobody.
func barePath(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"bash", "cat", "cp", "cut", "dirname", "env", "find", "grep", "head", "ls", "mkdir", "mktemp", "rm", "sed", "sha256sum", "sort", "tail", "tar", "tee", "uname", "xargs"} {
		path, err := exec.LookPath(name)
		require.NoError(t, err)
		require.NoError(t, os.Symlink(path, filepath.Join(dir, name)))
	}
	for name, script := range map[string]string{
		"apt-get": "exit 1",
		"id":      "echo 1000",
		"sudo":    "echo 'sudo: a password is required' >&2; exit 1",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	return dir
}

// What cannot be installed is named, with the reason, and does not keep the others
// from being measured.
func TestWhatCannotBeInstalledIsNamedWithTheReason(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("/bin/bash", "peers.sh")
	cmd.Env = []string{"PATH=" + barePath(t), "HOME=" + t.TempDir(), "ESPY_CACHE=" + t.TempDir()}
	said, err := cmd.Output()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "missing")
	require.NoError(t, os.WriteFile(path, said, 0o644))
	all, err := readMissing(path)
	require.NoError(t, err)
	for _, name := range []string{"wrk", "node", "npm", "chromium"} {
		require.Equal(t, name+" could not be installed: sudo: a password is required", all.why(name))
	}
	require.NotEmpty(t, all.why("unix boards"))
	require.Contains(t, all.why("mpremote"), "MicroPython's source is not in")
	require.Empty(t, all.why("espy"))
}
