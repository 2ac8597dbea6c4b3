//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// scenario writes the suite that the nights run.
func scenario(t *testing.T, dir, status string) {
	t.Helper()
	text := "name: a\nrequest: {get: /albums/1}\nexpect: {status_code: " + status + "}\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(text), 0o600))
}

// nextSecond waits until the next night would have another name.
func nextSecond() {
	now := time.Now()
	for time.Now().Unix() == now.Unix() {
		time.Sleep(time.Until(now.Truncate(time.Second).Add(time.Second)))
	}
}

func TestNightTellsOfWhatIsNew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	scenario(t, dir, "200")
	first, status := night(t, dir, "nights", "run", "a.yaml")
	require.Zero(t, status)
	for _, name := range []string{"results.json", "report.html", "junit.xml", "report.md", "wire.pcapng", "../latest.json"} {
		require.FileExists(t, filepath.Join(first, name))
	}
	require.NoFileExists(t, filepath.Join(first, "issue.md"))

	scenario(t, dir, "404")
	nextSecond()
	second, status := night(t, dir, "nights", "run", "a.yaml")
	require.Equal(t, statusDiffers, status)
	require.NotEqual(t, first, second)
	issue, err := os.ReadFile(filepath.Join(second, "issue.md"))
	require.NoError(t, err)
	require.Contains(t, string(issue), "New since the last night:\n")
	require.Contains(t, string(issue), "status_code")

	nextSecond()
	third, status := night(t, dir, "nights", "run", "a.yaml")
	require.Equal(t, statusDiffers, status)
	require.NoFileExists(t, filepath.Join(third, "issue.md"), "it is not new any more")

	_, status = night(t, dir, "nights")
	require.Equal(t, statusUsage, status)
}

func TestNightThatWasCutOffIsGoneOnWith(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	slow := "name: a\ntags: [slow]\nserver: {faults: {latency: 40ms}}\nrequest: {get: /albums/1}\n" // it is not over before it is cut off
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(slow), 0o600))
	script, err := filepath.Abs("../../.ci/nightly")
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), script, "nights", "run", "--jobs", "1", "--repeat", "60", "a.yaml")
	c.Dir = dir
	c.Env = append(os.Environ(), "ESPY=espy")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, c.Start())
	cut := func() string {
		all, _ := filepath.Glob(filepath.Join(dir, "nights", "*", "results.json.partial"))
		for _, path := range all {
			if text, _ := os.ReadFile(path); strings.Contains(string(text), `{"made":`) {
				return path
			}
		}
		return ""
	}
	require.Eventually(t, func() bool { return cut() != "" }, time.Minute, time.Millisecond)
	require.NoError(t, syscall.Kill(-c.Process.Pid, syscall.SIGKILL))
	require.Error(t, c.Wait())
	path := cut()
	require.NotEmpty(t, path)

	folder, status := night(t, dir, "nights", "run", "a.yaml")
	require.Zero(t, status)
	require.Equal(t, filepath.Dir(path), folder)
	text, err := os.ReadFile(filepath.Join(folder, "results.json"))
	require.NoError(t, err)
	require.Equal(t, 60, strings.Count(string(text), `"verdict": "pass"`))

	// What cannot be gone on with makes way.
	require.NoError(t, os.WriteFile(path, []byte("{}\n"), 0o600))
	nextSecond()
	next, status := night(t, dir, "nights", "run", "a.yaml")
	require.Zero(t, status)
	require.NotEqual(t, folder, next)
	require.FileExists(t, strings.TrimSuffix(path, ".partial")+".abandoned")
}
