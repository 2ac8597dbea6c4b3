//go:build peers

package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every command line of README.md is typed, one after the other, in a folder that has
// what they name. Those that would run all that comes with espy run the tutorial.
func TestWhatTheReadmeTellsToTypeWorksPeer(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	bundled, err := filepath.Abs("../../scenarios")
	require.NoError(t, err)
	require.NoError(t, os.Symlink(bundled, filepath.Join(folder, "scenarios")))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "mylib.py"), []byte("from espy.requests import request\n"), 0o600))
	require.NoError(t, os.CopyFS(filepath.Join(folder, "my-scenarios"), os.DirFS(filepath.Join(bundled, "tutorial"))))
	typed(t, folder, "run -t tutorial --json yesterday.json", 0)

	lines := 0
	for _, block := range readme(t, "console") {
		for line := range strings.Lines(block) {
			said, is := strings.CutPrefix(line, "bin/espy ")
			if !is {
				continue
			}
			lines++
			said, _, _ = strings.Cut(said, " #")
			said = strings.TrimSpace(said)
			words := strings.Fields(said)
			switch {
			case words[0] == "serve": // on ports that nobody has
				typedUntil(t, folder, strings.Replace(said, ":8081", ":0", 1)+" --addr 127.0.0.1:0")
			case words[0] == "run" && slices.Contains(words, "--watch"), words[0] == "sim":
				typedUntil(t, folder, strings.Replace(said, "/tmp/", folder+"/", 1))
			case strings.Contains(said, "serial:"): // which this machine may not have
				typed(t, folder, said+" -t tutorial", 0, 3)
			case words[0] == "doctor":
				typed(t, folder, said, 0, 3)
			case words[0] == "run" && !strings.Contains(said, "scenarios"):
				typed(t, folder, said+" -t tutorial", 0)
			default:
				typed(t, folder, said, 0)
			}
		}
	}
	require.Greater(t, lines, 12)
	for _, made := range []string{"my-project/espy.yaml", "out.pcapng", "today.json", "today.html"} {
		require.FileExists(t, filepath.Join(folder, made))
	}
}

// typed runs espy, which ends with one of these statuses.
func typed(t *testing.T, folder, line string, statuses ...int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "espy", strings.Fields(line)...) // see TestMain
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil {
		require.True(t, errors.As(err, &exit), "%v", err)
	}
	require.Contains(t, statuses, cmd.ProcessState.ExitCode(), "espy %s\n%s", line, out)
}

// typedUntil runs what goes on until it is told to stop, which it is once it says something.
func typedUntil(t *testing.T, folder, line string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "espy", strings.Fields(line)...)
	cmd.Dir = folder
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewReader(out)
	said, err := lines.ReadString('\n')
	require.NoError(t, err, line)
	require.NotEmpty(t, said)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	_, _ = lines.WriteTo(new(strings.Builder))
	if err := cmd.Wait(); err != nil { // 130 where runs were cut off
		require.EqualError(t, err, "exit status 130", line)
	}
}
