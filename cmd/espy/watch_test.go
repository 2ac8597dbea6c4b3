//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// output is what a program has printed until now.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

// after is what was printed after so many bytes, and how many there are.
func (o *output) after(n int) (string, int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := o.text.String()
	return all[n:], len(all)
}

func TestWhatChangesIsRunAgain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755))
		hidden := filepath.Join(folder, filepath.Dir(name), ".new")
		require.NoError(t, os.WriteFile(hidden, []byte(text), 0o600))
		require.NoError(t, os.Rename(hidden, filepath.Join(folder, name)))
	}
	const sound, wrong = "name: one\nrequest: {get: /albums/1}\n", "name: one\nrequest: {get: /albums/1}\nexpect: {status_code: 500}\n"
	write("suite/a.yaml", sound)
	write("suite/b.yaml", "name: two\nrequest: {get: /albums/2}\n")

	var out output
	cmd := exec.CommandContext(t.Context(), "espy", "run", "--watch", "--json", "out.json", "suite") // see TestMain
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, &out, &out
	require.NoError(t, cmd.Start())
	at := 0
	shows := func(parts ...string) {
		t.Helper()
		var now string
		var end int
		require.Eventually(t, func() bool { now, end = out.after(at); return strings.Contains(now, "Ctrl-C ends\n") }, time.Minute, 5*time.Millisecond)
		for _, part := range parts {
			require.Contains(t, now, part)
		}
		at = end
	}
	shows("one\n", "two\n", "2 runs in", ": 2 pass\n", "watching suite; Ctrl-C ends")

	write("suite/a.yaml", wrong) // only that
	shows("changed: suite/a.yaml\n", "1 run in", ": 1 fail\n")
	write("suite/a.yaml", "name: [\n") // a broken file is said to be, and waited for
	shows("suite/a.yaml:2:1: not YAML")
	write("suite/a.yaml", sound)
	shows("1 run in", ": 1 pass\n")
	write("suite/deep/c.yaml", "name: three\nrequest: {get: /albums/3}\n") // a folder that comes
	shows("changed: suite/deep/c.yaml\n", "three\n", "1 run in")
	write("suite/known.yaml", "[]\n") // which may be part of any
	shows("3 runs in")
	require.NoError(t, os.RemoveAll(filepath.Join(folder, "suite"))) // all of it goes
	shows("(gone)", "no such file or folder: suite")
	write("suite/a.yaml", sound) // and comes again
	shows("1 run in", ": 1 pass\n")

	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.EqualError(t, cmd.Wait(), "exit status 130")
	require.FileExists(t, filepath.Join(folder, "out.json"))
}
