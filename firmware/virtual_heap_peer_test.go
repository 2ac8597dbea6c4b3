//go:build peers

package firmware_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/unix"
)

// What each client costs the heap of a virtual board. Its VM collects garbage between
// programs alone, so that what an import keeps is looked at from one program to the
// next; and its heap has no size that it could be too small in.
func BenchmarkPeerVirtualHeap(b *testing.B) {
	clients := map[string]string{"espy": ours, "stock": "import stock as requests"}
	if yours(b) != nil {
		clients["yours"] = "import yours as requests"
	}
	for name, imports := range clients {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for _, form := range []string{"mpy", "py"} {
					n, err := importedOn(b, virtualFiles(b, form), imports)
					reportOf(b, name, "B-imported-"+form, n, err)
				}
				board := onVirtual(b, virtualFiles(b, "py"))
				l, _, err := board.board.Listen(b.Context(), "main")
				require.NoError(b, err)
				url := serveBodies(b, l)
				measure := func(metric string, beyond int, prepare, expression string) {
					n, err := board.number(strings.ReplaceAll(allocates(imports, prepare, expression), "URL", url))
					reportOf(b, name, metric, n-beyond, err)
				}
				measure("B-per-GET", 1024, "None", "requests.get('URL/json').content")
				for kib, unit := range map[int]string{1: "B-content-1K", 8: "B-content-8K", 64: "B-content-64K"} {
					measure(unit, 0, "requests.get('URL/bytes/"+strconv.Itoa(kib<<10)+"')", "r.content")
				}
			}
		})
	}
}

// virtualFiles are all clients, for a virtual board's flash.
func virtualFiles(b *testing.B, form string) map[string][]byte {
	b.Helper()
	bundle := firmware.Source()
	besides := map[string][]byte{"stock": debianModule(b, "/requests/requests/__init__.py")}
	if mine := yours(b); mine != nil {
		besides["yours"] = mine
	}
	cross, err := unix.Compiler()
	require.NoError(b, err)
	if form == "mpy" {
		bundle, err = firmware.Compile(b.Context(), cross)
		require.NoError(b, err)
	}
	files := map[string][]byte{}
	for path, content := range bundle.Files {
		files[path] = content
	}
	for name, content := range besides {
		path := "/lib/" + name + ".py"
		if form == "mpy" {
			if compiled, err := compiledBy(b, cross, name, content); err == nil {
				path, content = "/lib/"+name+".mpy", compiled
			}
		}
		files[path] = content
	}
	return files
}

// compiledBy is a module as .mpy.
func compiledBy(b *testing.B, cross, name string, content []byte) ([]byte, error) {
	b.Helper()
	source := filepath.Join(b.TempDir(), name+".py")
	require.NoError(b, os.WriteFile(source, content, 0o600))
	if out, err := exec.Command(cross, source).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	return os.ReadFile(strings.TrimSuffix(source, "py") + "mpy")
}

// onVirtual is a virtual board on which nothing has been imported.
func onVirtual(b *testing.B, files map[string][]byte) *client {
	b.Helper()
	spec, err := sim.Parse("sim:1.29")
	require.NoError(b, err)
	board, err := sim.New(b.Context(), spec, files)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, board.Close()) })
	u, err := board.Open(b.Context())
	require.NoError(b, err)
	b.Cleanup(func() { u.Close() })
	c := &client{t: b, board: board, repl: repl.New(board.Name(), u, repl.Options{})}
	require.NoError(b, c.repl.Enter(b.Context()))
	return c
}

// number is what a program prints.
func (c *client) number(program string) (int, error) {
	var out bytes.Buffer
	if err := c.repl.Exec(c.t.Context(), program, &out); err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(out.String()))
	if err != nil {
		return 0, fmt.Errorf("it printed %q", &out)
	}
	return n, nil
}

// importedOn is what an import keeps of a new board's heap.
func importedOn(b *testing.B, files map[string][]byte, imports string) (int, error) {
	b.Helper()
	c := onVirtual(b, files)
	require.Empty(b, c.exec("import gc, socket, json\ngc.collect()"))
	before, err := c.number("print(gc.mem_alloc())")
	require.NoError(b, err)
	if err := c.repl.Exec(b.Context(), imports+"\ngc.collect()", &bytes.Buffer{}); err != nil {
		return 0, err
	}
	after, err := c.number("print(gc.mem_alloc())")
	return after - before, err
}
