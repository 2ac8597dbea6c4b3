package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A board that the hardware map has at an address is meant where none is named, and
// nothing is attached.
func TestBoardsOfTheMapAreMeantWhereNoneIsNamed(t *testing.T) {
	t.Parallel()
	for _, command := range [][]string{{"hil"}, {"deploy"}, {"deploy", "--check"}} {
		dir := t.TempDir()
		hardware := filepath.Join(dir, "lab.yaml")
		require.NoError(t, os.WriteFile(hardware, []byte("boards:\n  pi: {url: 'tcp://127.0.0.1:1'}\n"), 0o600))
		c := exec.CommandContext(t.Context(), "espy", append(command, "--map", hardware)...) // see TestMain
		c.Dir = dir
		c.Env = append(os.Environ(), "ESPY_SERIAL_BY_ID="+t.TempDir(), "ESPY_LEASES="+t.TempDir())
		out, err := c.CombinedOutput()
		require.Error(t, err)
		require.Equal(t, statusRig, c.ProcessState.ExitCode(), "%s", out)
		require.Contains(t, string(out), "board pi")
		require.NotContains(t, string(out), "no board is attached")
	}
}

func TestFlashTakesABoardOfTheMap(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hardware := filepath.Join(dir, "lab.yaml")
	require.NoError(t, os.WriteFile(hardware, []byte("boards:\n  desk: {device: /dev/ttyUSB9}\n"), 0o600))
	out, status := flash(t, "ESP32_GENERIC", "desk", "--map", hardware)
	require.Equal(t, statusRig, status, out)
	require.Contains(t, out, "board desk: the board is not there: there is no device /dev/ttyUSB9")
}

// What an earlier run has left is told of before anything is done to a board.
func TestHilTellsOfARunThatDidNotEndFirst(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	results := filepath.Join(out, "results.json")
	require.NoError(t, os.WriteFile(results+".partial", []byte("{}\n"), 0o600))
	c := exec.CommandContext(t.Context(), "espy", "hil", "tcp://127.0.0.1:1", "--out", out) // see TestMain
	text, err := c.CombinedOutput()
	require.Error(t, err)
	require.Equal(t, statusUsage, c.ProcessState.ExitCode(), "%s", text)
	require.Contains(t, string(text), "go on with it by espy run --resume "+results+", or remove it")
	require.NotContains(t, string(text), "--json")
	require.NotContains(t, string(text), "127.0.0.1:1", "the board was not asked")
}
