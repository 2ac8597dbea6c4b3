// Package runtimes supplies the MicroPython VM as WebAssembly, release by release.
//
// The MicroPython project publishes the VM on npm. package.json names the
// releases, package-lock.json pins each by its integrity hash, and releases.go
// pins the file that is run once more:
//
//	npm ci --> user's cache/espy/runtimes-HASH/node_modules/micropython-1.27/micropython.wasm
//	                                                     |
//	Load <-- SHA-256 checked on every load --------------+
//
// What is in the cache is used as it is; only what is missing is fetched, once,
// under a lock, whatever the number of processes that ask.
package runtimes

import (
	"context"
	"crypto/sha256"
	_ "embed" // the lock file
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

//go:embed package.json
var packageJSON []byte

//go:embed package-lock.json
var packageLock []byte

// fetchTimeout bounds one npm run: 11 MB in six packages.
const fetchTimeout = 5 * time.Minute

// Say reports progress, a line at a time.
type Say func(format string, args ...any)

// CacheDir is espy's folder in the user's cache. ESPY_CACHE overrides it.
func CacheDir() (string, error) {
	if dir := os.Getenv("ESPY_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no place for the cache: %w; set ESPY_CACHE to a folder", err)
	}
	return filepath.Join(dir, "espy"), nil
}

// Load gives the VM of a release, fetching all releases first if it is missing.
// The bytes are checked against the pinned hash.
func Load(ctx context.Context, r Release, say Say) ([]byte, error) {
	dir, err := Fetch(ctx, say)
	if err != nil {
		return nil, err
	}
	path := wasmPath(dir, r)
	wasm, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the MicroPython %s runtime: %w", r.Name, err)
	}
	if err := check(wasm, r); err != nil {
		return nil, fmt.Errorf("%s: %w; delete %s and run: espy setup", path, err, dir)
	}
	return wasm, nil
}

// Fetch sees that every release is in the cache, and returns the folder that
// holds them. With all of them there it costs a few calls of stat.
func Fetch(ctx context.Context, say Say) (string, error) {
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "runtimes-"+lockHash())
	if complete(dir) {
		return dir, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("making the cache for the MicroPython runtimes: %w; set ESPY_CACHE to a folder that can be written", err)
	}
	unlock, err := lockedfile.MutexAt(dir + ".lock").Lock()
	if err != nil {
		return "", fmt.Errorf("locking the cache of the MicroPython runtimes: %w", err)
	}
	defer unlock()
	if complete(dir) { // another process was quicker
		return dir, nil
	}
	return dir, fetch(ctx, dir, say)
}

// fetch has npm install the pinned packages beside dir, checks them, and moves
// them into place in one step, so that an interrupted fetch leaves nothing half.
func fetch(ctx context.Context, dir string, say Say) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("the MicroPython runtimes are not in the cache, and fetching them needs npm, which is not installed: " +
			"install Node.js with npm (Debian and Ubuntu: apt install nodejs npm; macOS: brew install node; Windows: winget install OpenJS.NodeJS), then run: espy setup")
	}
	staging, err := os.MkdirTemp(filepath.Dir(dir), "fetching-*")
	if err != nil {
		return fmt.Errorf("making a folder to fetch into: %w", err)
	}
	defer os.RemoveAll(staging)
	for name, content := range map[string][]byte{"package.json": packageJSON, "package-lock.json": packageLock} {
		if err := os.WriteFile(filepath.Join(staging, name), content, 0o644); err != nil {
			return fmt.Errorf("preparing to fetch the MicroPython runtimes: %w", err)
		}
	}
	say("fetching %d MicroPython runtimes (11 MB) from npm into %s", len(releases), dir)
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	cmd.Dir = staging
	cmd.WaitDelay = 5 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("fetching the MicroPython runtimes: npm ci: %w; it said:\n%s\ncheck the network and the registry that npm is configured for, then run: espy setup", err, strings.TrimSpace(string(out)))
	}
	for _, r := range releases {
		wasm, err := os.ReadFile(wasmPath(staging, r))
		if err == nil {
			err = check(wasm, r)
		}
		if err == nil {
			continue
		}
		if full := room(staging); full != nil { // which npm does not always notice
			return fmt.Errorf("fetching the MicroPython runtimes into %s: %w; set ESPY_CACHE to a folder with room for 100 MB", filepath.Dir(dir), full)
		}
		return fmt.Errorf("the MicroPython %s runtime that npm fetched is not the pinned one: %w", r.Name, err)
	}
	if err := os.RemoveAll(dir); err != nil { // an incomplete one
		return fmt.Errorf("clearing an incomplete set of MicroPython runtimes: %w", err)
	}
	if err := os.Rename(staging, dir); err != nil {
		return fmt.Errorf("moving the MicroPython runtimes into place: %w", err)
	}
	return nil
}

// room sees that a megabyte more can be written to a folder.
func room(folder string) error {
	f, err := os.CreateTemp(folder, "room-*")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 1<<20))
	err = errors.Join(err, f.Close(), os.Remove(f.Name()))
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func complete(dir string) bool {
	for _, r := range releases {
		if _, err := os.Stat(wasmPath(dir, r)); errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	return true
}

func wasmPath(dir string, r Release) string {
	return filepath.Join(dir, "node_modules", r.dir, "micropython.wasm")
}

func check(wasm []byte, r Release) error {
	sum := sha256.Sum256(wasm)
	if got := hex.EncodeToString(sum[:]); got != r.SHA256 {
		return fmt.Errorf("SHA-256 is %s, should be %s", got, r.SHA256)
	}
	return nil
}

// lockHash names the folder, so that another set of pins gets another folder.
func lockHash() string {
	sum := sha256.Sum256(packageLock)
	return hex.EncodeToString(sum[:6])
}

// Verify sees that every release is in the cache, every byte as it should be, and
// fetches nothing. The error is fs.ErrNotExist where one is missing.
func Verify() error {
	cache, err := CacheDir()
	if err != nil {
		return err
	}
	dir := filepath.Join(cache, "runtimes-"+lockHash())
	for _, r := range releases {
		wasm, err := os.ReadFile(wasmPath(dir, r))
		if err == nil {
			err = check(wasm, r)
		}
		if err != nil {
			return fmt.Errorf("the MicroPython %s runtime below %s: %w", r.Name, dir, err)
		}
	}
	return nil
}
