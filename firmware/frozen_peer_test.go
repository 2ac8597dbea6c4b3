//go:build peers

package firmware_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/sim/unix"
)

// frozenInterpreter is the unix board's 32-bit interpreter, built from the same source
// with firmware/manifest.py beside the board's own manifest. A build takes a minute:
// it is kept in the user's cache under a hash of all that it is made of.
func frozenInterpreter(t testing.TB) string {
	t.Helper()
	board, err := unix.BuildDir()
	require.NoError(t, err)
	own, err := os.ReadFile("manifest.py")
	require.NoError(t, err)
	of := sha256.New()
	fmt.Fprint(of, filepath.Base(board), string(own), firmware.Source().Client().Hash)
	kept := filepath.Join(filepath.Dir(board), "frozen-"+hex.EncodeToString(of.Sum(nil)[:6]))
	if _, err := os.Stat(kept); err == nil {
		return kept
	}
	source := filepath.Join(t.TempDir(), "source")
	packages, err := filepath.Glob(filepath.Join(filepath.Dir(board), "micropython-*-source", "*.dsc"))
	require.NoError(t, err)
	require.Len(t, packages, 1, "make unix-board fetches it")
	made(t, "dpkg-source", "--no-check", "-x", packages[0], source)
	variant, err := filepath.Abs("../sim/unix/build/board")
	require.NoError(t, err)
	ours, err := filepath.Abs("manifest.py")
	require.NoError(t, err)
	both := filepath.Join(t.TempDir(), "manifest.py")
	require.NoError(t, os.WriteFile(both, fmt.Appendf(nil, "include(%q)\ninclude(%q)\n", filepath.Join(variant, "manifest.py"), ours), 0o600))
	build := t.TempDir()
	made(t, "make", "-C", filepath.Join(source, "ports", "unix"), "-j2", "BUILD="+build, "PROG=micropython", "VARIANT_DIR="+variant,
		"FROZEN_MANIFEST="+both, "MICROPY_MPYCROSS="+filepath.Join(board, "mpy-cross"), "MICROPY_MPYCROSS_DEPENDENCY=",
		"LDFLAGS_EXTRA=-static", "MICROPY_FORCE_32BIT=1", "MICROPY_PY_SSL=0")
	content, err := os.ReadFile(filepath.Join(build, "micropython"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(kept+".new", content, 0o755)) // the cache may be on another disk
	require.NoError(t, os.Rename(kept+".new", kept))
	former, err := filepath.Glob(filepath.Join(filepath.Dir(board), "frozen-*"))
	require.NoError(t, err)
	for _, file := range former {
		if info, err := os.Stat(file); err == nil && time.Since(info.ModTime()) > 7*24*time.Hour {
			_ = os.Remove(file) // of another firmware, long ago
		}
	}
	return kept
}

// made runs a program to its good end.
func made(t testing.TB, program string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	require.NoError(t, err, "%s", out[max(0, len(out)-4000):])
}

func TestPeerTheManifestFreezesTheClientIntoABuild(t *testing.T) {
	t.Parallel()
	exe := frozenInterpreter(t)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	url := serveBodies(t, l)
	run := func(program string) string {
		c := exec.CommandContext(t.Context(), exe, "-X", "heapsize=40k", "-c", strings.ReplaceAll(program, "URL", url))
		c.Dir, c.Env = t.TempDir(), []string{"MICROPYPATH=.frozen"} // nothing of it is on the flash
		out, err := c.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	require.Equal(t, "espy/requests.py\n1\nOK\n", run(`
from espy import requests
print(requests.__file__)
print(requests.get("URL/json", headers={"X": "y"}).json()[0]["id"])
with requests.Session() as s:
    print(s.get("URL/json", http_version="auto").reason)
`))
	// What is frozen takes no heap for its code.
	kept, err := strconv.Atoi(strings.TrimSpace(run(`
import gc, socket, json

def kept(name): # in a function, whose call clears what the compiler has left on the stack
    gc.collect()
    before = gc.mem_alloc()
    __import__(name)
    gc.collect()
    return gc.mem_alloc() - before

kept("requests")
print(kept("espy._response") + kept("espy.requests"))
`)))
	require.NoError(t, err)
	t.Logf("the client, frozen, keeps %d bytes of heap", kept)
	require.LessOrEqual(t, kept, 2048)
}

// The files that the manifest freezes, and those that mip installs, are the client.
func TestPeerManifestAndPackageNameTheClientsFiles(t *testing.T) {
	t.Parallel()
	var want []string
	for _, name := range slices.Sorted(maps.Keys(firmware.Source().Client().Files)) {
		if name != firmware.Manifest {
			want = append(want, filepath.Base(name))
		}
	}
	manifest, err := os.ReadFile("manifest.py")
	require.NoError(t, err)
	_, list, _ := strings.Cut(string(manifest), "files=(\n")
	list, _, _ = strings.Cut(list, "    ),\n")
	require.Equal(t, "        \""+strings.Join(want, "\",\n        \"")+"\",\n", list)
}
