package runtimes_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/sim/runtimes"
)

func quiet(string, ...any) {}

func TestEveryReleaseLoadsAndIsThePinnedOne(t *testing.T) {
	t.Parallel()
	for _, r := range runtimes.Releases() {
		wasm, err := runtimes.Load(t.Context(), r, quiet)
		require.NoError(t, err)
		sum := sha256.Sum256(wasm)
		require.Equal(t, r.SHA256, hex.EncodeToString(sum[:]))
	}
}

func TestAReleaseIsFoundByEitherName(t *testing.T) {
	t.Parallel()
	for _, r := range runtimes.Releases() {
		for _, name := range []string{r.Name, r.Version} {
			got, ok := runtimes.Find(name)
			require.True(t, ok)
			require.Equal(t, r, got)
		}
	}
	newest, ok := runtimes.Find("")
	require.True(t, ok)
	require.Equal(t, "1.29", newest.Name)
	_, ok = runtimes.Find("1.2")
	require.False(t, ok)
}

func TestTheLockFilePinsEveryPackageByHashAndNamesNoHost(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("package-lock.json")
	require.NoError(t, err)
	require.NotContains(t, string(raw), "://")
	var lock struct {
		Packages map[string]struct{ Version, Integrity string }
	}
	require.NoError(t, json.Unmarshal(raw, &lock))
	for _, r := range runtimes.Releases() {
		pinned := lock.Packages["node_modules/micropython-"+r.Name]
		require.True(t, strings.HasPrefix(pinned.Integrity, "sha512-"), "%s has no integrity hash", r.Name)
		require.True(t, strings.HasPrefix(pinned.Version, r.Version), "%s is %s, package-lock.json has %s", r.Name, r.Version, pinned.Version)
	}
}

// These change the environment of the process and so cannot run in parallel.

func TestARuntimeThatIsNotThePinnedOneIsRefused(t *testing.T) {
	dir, err := runtimes.Fetch(t.Context(), quiet)
	require.NoError(t, err)
	cache := t.TempDir()
	t.Setenv("ESPY_CACHE", cache)
	require.NoError(t, os.CopyFS(filepath.Join(cache, filepath.Base(dir)), os.DirFS(dir)))
	r, _ := runtimes.Find("1.27")
	path := filepath.Join(cache, filepath.Base(dir), "node_modules", "micropython-1.27", "micropython.wasm")
	wasm, err := os.ReadFile(path)
	require.NoError(t, err)
	wasm[len(wasm)/2] ^= 1
	require.NoError(t, os.WriteFile(path, wasm, 0o644))

	_, err = runtimes.Load(t.Context(), r, quiet)
	require.ErrorContains(t, err, "should be "+r.SHA256)
	require.ErrorContains(t, err, "espy setup")
	require.ErrorContains(t, err, path)
}

func TestWithoutNpmTheErrorSaysWhatToInstall(t *testing.T) {
	t.Setenv("ESPY_CACHE", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	_, err := runtimes.Fetch(t.Context(), quiet)
	require.ErrorContains(t, err, "npm")
	require.ErrorContains(t, err, "apt install")
	require.ErrorContains(t, err, "espy setup")
}

func TestAFailingNpmIsQuotedAndLeavesNothingBehind(t *testing.T) {
	cache, bin := t.TempDir(), t.TempDir()
	t.Setenv("ESPY_CACHE", cache)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	require.NoError(t, os.WriteFile(filepath.Join(bin, "npm"), []byte("#!/bin/sh\necho npm error code ENOTFOUND >&2\nexit 1\n"), 0o755))
	_, err := runtimes.Fetch(t.Context(), quiet)
	require.ErrorContains(t, err, "ENOTFOUND")
	require.ErrorContains(t, err, "espy setup")
	left, err := filepath.Glob(filepath.Join(cache, "*"))
	require.NoError(t, err)
	for _, path := range left {
		require.True(t, strings.HasSuffix(path, ".lock"), "left behind: %s", path)
	}
}

func TestManyThatAskAtOnceFetchOnce(t *testing.T) {
	t.Setenv("ESPY_CACHE", t.TempDir())
	var mu sync.Mutex
	var said []string
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, fmt.Sprintf(format, args...))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			_, err := runtimes.Fetch(t.Context(), say)
			require.NoError(t, err)
		})
	}
	wg.Wait()
	require.Len(t, said, 1)
	require.Contains(t, said[0], "fetching 6 MicroPython runtimes")
}
