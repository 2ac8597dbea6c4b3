//go:build peers

package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/scenarios"
	"github.com/espy-hil/espy/sim/unix"
)

// What goes wrong in a run on a unix board costs that run its verdict, and no other.
func TestUnixBoardInTrouble(t *testing.T) {
	t.Parallel()
	const started = "open('/started', 'w').close(); "
	for name, c := range map[string]struct {
		trouble string              // Python: what the client does before the second of three requests
		kill    func(*testing.T, r) // what is done to the process when that is about to run
		want    string              // what the run fails for; empty: it passes
	}{
		"none": {trouble: "pass"},
		"memory runs out in the middle of a request": {
			trouble: "while True: kept.append(bytearray(64))",
			want:    `^raises: "?MemoryError in request`,
		},
		"memory runs out at once": {
			trouble: "bytearray(100000)",
			want:    "^raises: MemoryError in request: memory allocation failed, allocating 100000 bytes$",
		},
		"the interpreter crashes": {
			trouble: "__import__('uctypes').bytes_at(8, 4)",
			want:    "^run: .* the board started anew, .*Panic: the MicroPython process ended: signal: segmentation fault",
		},
		"the pty is closed": {
			trouble: "[open(fd, 'rb').close() for fd in (0, 1, 2)]",
			want:    "^run: .* the board started anew, .*Panic: the MicroPython process ended: exit status 0",
		},
		"the process is killed in the middle of a request": {
			trouble: started + "__import__('time').sleep(60)",
			kill:    func(t *testing.T, r r) { go r.kill(t, "started") },
			want:    "^run: .* the board started anew, .*Panic: the MicroPython process ended: signal: killed",
		},
		"the process is killed before a request": { // the rig's, which tries again
			trouble: "pass",
			kill:    func(t *testing.T, r r) { r.kill(t, "boot.py") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := r{form: firmware.FormCompiled, trouble: c.trouble, before: c.kill}.runs(t)
			require.Equal(t, result.Pass, runs[0].Verdict, runs[0].Diffs)
			require.Equal(t, result.Pass, runs[2].Verdict, runs[2].Diffs)
			if c.want == "" {
				require.Equal(t, result.Pass, runs[1].Verdict, runs[1].Diffs)
				return
			}
			require.Equal(t, result.Fail, runs[1].Verdict, runs[1].Diffs)
			require.Regexp(t, c.want, fmt.Sprintf("%s: %s", runs[1].Diffs[0].Field, runs[1].Diffs[0].Got))
		})
	}
}

// A heap that does not hold the client fails its runs; one that does not even hold
// the agent is the rig's trouble, and says what to do.
func TestUnixBoardWithTooSmallAHeap(t *testing.T) {
	t.Parallel()
	for _, run := range (r{form: firmware.FormCompiled, trouble: "pass", heap: 16 << 10}).runs(t) {
		require.Equal(t, result.Fail, run.Verdict, run.Diffs)
		require.Contains(t, run.Diffs[0].Got, "MemoryError in import")
	}
	for _, run := range (r{form: firmware.FormSource, trouble: "pass", heap: 16 << 10}).runs(t) {
		require.Equal(t, result.Rig, run.Verdict, run.Diffs)
		require.Regexp(t, `MemoryError[^;]*; .*the agent does not fit the board's heap.*\(--form mpy\)$`, run.Diffs[0].Got)
	}
}

// r is three runs on one unix board with the heap of an ESP8266: the second meets trouble.
type r struct {
	form    string
	trouble string
	heap    int // bytes; 0: an ESP8266's
	before  func(*testing.T, r)
	id      int // by which the process is found: bytes more in its heap
}

// ids tells the processes of parallel tests apart.
var ids struct {
	sync.Mutex
	last int
}

// client is espy.requests, and trouble where the URL asks for it.
const client = `
import espy.requests
kept = []

def get(url, **kw):
    if "trouble" in url:
        %s
    return espy.requests.get(url, **kw)
`

func (r r) runs(t *testing.T) []result.Run {
	t.Helper()
	built, err := rig.Bundle(t.Context(), r.form)
	require.NoError(t, err)
	files := deploy.Files{Hash: built.Hash, Form: built.Form, Files: maps.Clone(built.Files)}
	files.Files["/lib/client.py"] = fmt.Appendf(nil, client, r.trouble)
	files.Files["/boot.py"] = nil
	spec, err := unix.Parse("unix:esp8266")
	require.NoError(t, err)
	if r.heap != 0 {
		spec.Heap = r.heap
	}
	ids.Lock()
	ids.last++
	spec.Heap += 16 * ids.last
	ids.Unlock()
	r.id = spec.Heap
	report := run.Scenarios(t.Context(), run.Config{
		Boards: []run.Pool{{Name: spec.Name, Power: func(ctx context.Context) (board.Board, error) {
			return unix.New(ctx, spec, files.Files)
		}}},
		Connect: func(ctx context.Context, b board.Board) (run.Link, error) { return agent.Open(ctx, b, files) },
		Clients: []string{"client"}, Observer: observer{func(run *result.Run) {
			if run.Scenario == "trouble" && r.before != nil {
				r.before(t, r)
			}
		}},
	}, scenariosOf(t, "before", "trouble", "after"))
	require.Len(t, report.Runs, 3)
	return report.Runs
}

// kill kills the board's process once there is a file of that name on its flash.
func (r r) kill(t *testing.T, file string) {
	for range time.Tick(time.Millisecond) {
		lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
		if err != nil || t.Context().Err() != nil {
			return
		}
		for _, line := range lines {
			text, err := os.ReadFile(line)
			if err != nil || !strings.Contains(string(text), fmt.Sprintf("heapsize=%d\x00", r.id)) {
				continue
			}
			process := filepath.Dir(line)
			if _, err := os.Stat(filepath.Join(process, "cwd", file)); err == nil {
				var pid int
				_, _ = fmt.Sscan(filepath.Base(process), &pid)
				_ = syscall.Kill(pid, syscall.SIGKILL)
				return
			}
		}
	}
}

// scenariosOf makes scenarios of these names, each a GET of an album that is asked
// for by the scenario's name.
func scenariosOf(t *testing.T, names ...string) []*scenarios.Scenario {
	t.Helper()
	folder := t.TempDir()
	var all []*scenarios.Scenario
	for _, name := range names {
		file := filepath.Join(folder, name+".yaml")
		require.NoError(t, os.WriteFile(file, []byte("name: "+name+"\nrequest: {get: /albums/1?by="+name+"}\nexpect: {status_code: 200}\n"), 0o600))
		loaded, err := scenarios.Load([]string{file})
		require.NoError(t, err)
		all = append(all, loaded...)
	}
	return all
}

// observer is told when a run starts.
type observer struct{ started func(*result.Run) }

func (observer) Planned([]*result.Run)   {}
func (o observer) Started(r *result.Run) { o.started(r) }
func (observer) Finished(*result.Run)    {}
