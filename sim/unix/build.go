package unix

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/espy-hil/espy/sim/runtimes"
)

// ErrMissing says that this machine has no interpreter for the unix board; the
// error around it says why, and what to do.
var ErrMissing = errors.New("there is no unix board here")

// Programs of a build.
const (
	interpreter    = "micropython"     // 32-bit
	interpreterTLS = "micropython-tls" // 64-bit
	compiler       = "mpy-cross"
)

//go:embed build
var inputs embed.FS

// buildHash is the name of the build that belongs to this package: over the
// files of the folder build, as make.sh there computes it.
func buildHash() (string, error) {
	all := sha256.New()
	// WalkDir goes by folder, make.sh sorts whole paths: the same as long as no
	// name is the beginning of a sibling's.
	err := fs.WalkDir(inputs, "build", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := inputs.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(all, "%x  .%s\n", sha256.Sum256(content), strings.TrimPrefix(name, "build"))
		return nil
	})
	return hex.EncodeToString(all.Sum(nil))[:12], err
}

// BuildDir is where make unix-board puts the programs that belong to this package.
func BuildDir() (string, error) {
	hash, err := buildHash()
	if err != nil {
		return "", err
	}
	cache, err := runtimes.CacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "unix-"+hash), nil
}

// Compiler is the path of mpy-cross, of the same build as the boards. Its error
// says what to do where it has not been built.
func Compiler() (string, error) { return program(compiler) }

// program is the path of one of the programs of the build.
func program(name string) (string, error) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return "", fmt.Errorf("%w: it is built on Debian 12 or 13 on x86-64, and this is %s on %s; the boards named sim run everywhere",
			ErrMissing, runtime.GOOS, runtime.GOARCH)
	}
	dir, err := BuildDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	_, err = os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w: its %s has not been built; in a clone of espy's repository run: make unix-board", ErrMissing, name)
	}
	if err != nil {
		return "", fmt.Errorf("looking for the unix board's %s: %w", name, err)
	}
	return path, nil
}
