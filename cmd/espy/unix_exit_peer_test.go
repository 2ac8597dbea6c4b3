//go:build peers

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// However espy ends, its unix boards end with it, though they wait for a server and
// are deaf to interrupts; and so does their flash, as long as espy has a say in it.
func TestUnixBoardsEndWithEspy(t *testing.T) {
	t.Parallel()
	for signal, want := range map[syscall.Signal]struct {
		status string
		tidy   bool
	}{
		syscall.SIGINT:  {"exit status 130", true},
		syscall.SIGTERM: {"exit status 130", true},
		syscall.SIGHUP:  {"signal: hangup", false},
		syscall.SIGQUIT: {"exit status 2", false},
		syscall.SIGKILL: {"signal: killed", false},
	} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			work := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(work, "hangs.yaml"), []byte(
				"name: hangs\nrequest: {get: /albums/1, timeout: 60s}\nserver: {faults: {no_answer: true}}\n"), 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(work, "passes.yaml"), []byte(
				"name: passes\nrequest: {get: /albums/1}\n"), 0o600))
			exe, err := os.Executable()
			require.NoError(t, err)
			cmd := &exec.Cmd{ // TestMain is espy under this name
				Path: exe, Args: []string{"espy", "run", "--on", "unix,unix:esp8266", "--jobs", "4", "--form", "mpy", "passes.yaml", "hangs.yaml"},
				Dir: work, Env: append(os.Environ(), "TMPDIR="+work),
			}
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			lines := bufio.NewReader(out)
			for _, want := range []string{"unix  ", "passes"} { // both boards are up, and at the run that hangs or about to be
				line, err := lines.ReadString('\n')
				require.NoError(t, err)
				require.Contains(t, line, want)
			}
			boards := children(t, cmd.Process.Pid)
			require.NotEmpty(t, boards)
			require.NoError(t, cmd.Process.Signal(signal))
			_, _ = lines.WriteTo(new(strings.Builder))
			require.EqualError(t, cmd.Wait(), want.status)
			for _, pid := range boards {
				require.Eventually(t, func() bool { return ended(pid) }, time.Minute, time.Millisecond, "board %d is still there", pid)
			}
			left, err := filepath.Glob(filepath.Join(work, "espy-flash-*"))
			require.NoError(t, err)
			if want.tidy {
				require.Empty(t, left)
			}
		})
	}
}

// children are the processes that a process has started and that have not ended.
func children(t *testing.T, parent int) []int {
	t.Helper()
	var all []int
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	require.NoError(t, err)
	for _, stat := range stats {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		// pid (name) state parent …
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if fields[1] == strconv.Itoa(parent) && fields[0] != "Z" {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
			require.NoError(t, err)
			all = append(all, pid)
		}
	}
	return all
}

// ended tells whether a process is no more, or waits for somebody to ask how it ended.
func ended(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}
