// Package npm installs programs of npm's into the user's cache, as they are pinned
// here with all that they need.
package npm

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/espy-hil/espy/bench/measure"
)

//go:embed json-server newman
var pinned embed.FS

// Install installs the program of that name, and gives the folder which has it in
// node_modules.
func Install(ctx context.Context, name string) (dir string, err error) {
	if _, err := exec.LookPath("npm"); err != nil {
		return "", fmt.Errorf("%w: npm is not installed, which brings %s", measure.ErrMissing, name)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(cache, "espy", "bench-"+name)
	lock, err := pinned.ReadFile(name + "/package-lock.json")
	if err != nil {
		return "", err
	}
	done := filepath.Join(dir, "installed-package-lock.json")
	if there, err := os.ReadFile(done); err == nil && bytes.Equal(there, lock) {
		return dir, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for _, file := range []string{"package.json", "package-lock.json"} {
		content, err := pinned.ReadFile(name + "/" + file)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(dir, file), content, 0o644); err != nil {
			return "", err
		}
	}
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s could not be installed: npm ci: %w: %s", measure.ErrMissing, name, err, out)
	}
	return dir, os.WriteFile(done, lock, 0o644)
}

// Version is the pinned version of a program.
func Version(name string) string {
	var p struct{ Dependencies map[string]string }
	content, err := pinned.ReadFile(name + "/package.json")
	if err != nil || json.Unmarshal(content, &p) != nil {
		return ""
	}
	return p.Dependencies[name]
}
