package firmware

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// mpyVersion is what a compiler must say that it emits. Boards from MicroPython
// 1.19 on take bytecode of version 6, whatever its sub-version, which is about
// native code alone (docs/reference/mpy_files.rst of MicroPython).
const mpyVersion = "mpy v6"

// compileTimeout bounds all calls of the compiler together, some milliseconds each.
const compileTimeout = time.Minute

// Compile is the firmware compiled to .mpy files by the program mpy-cross at the
// given path. A board takes them in a fraction of the heap that the compiler on the
// board would need; the same source gives the same files.
func Compile(ctx context.Context, compiler string) (Bundle, error) {
	ctx, cancel := context.WithTimeout(ctx, compileTimeout)
	defer cancel()
	says, err := run(ctx, compiler, "--version")
	if err != nil {
		return Bundle{}, fmt.Errorf("compiling the firmware: %w", err)
	}
	if !bytes.Contains(says, []byte(mpyVersion)) {
		return Bundle{}, fmt.Errorf("compiling the firmware: %s says %q, but boards need %s: take the mpy-cross of MicroPython 1.19 or newer",
			compiler, bytes.TrimSpace(says), mpyVersion)
	}
	dir, err := os.MkdirTemp("", "espy-compile-*")
	if err != nil {
		return Bundle{}, fmt.Errorf("compiling the firmware: making a folder for it: %w", err)
	}
	defer os.RemoveAll(dir)
	files := map[string][]byte{}
	source := Source()
	for _, name := range slices.Sorted(maps.Keys(source.Files)) {
		module, ok := strings.CutSuffix(name, ".py")
		if !ok {
			continue // the manifest
		}
		if files[module+".mpy"], err = compile(ctx, compiler, dir, name, source.Files[name]); err != nil {
			return Bundle{}, fmt.Errorf("compiling the firmware: %s: %w", path.Base(name), err)
		}
	}
	return New(FormCompiled, files), nil
}

// compile gives one file compiled. Tracebacks have the module's name where those of its
// source have the file's: a name that the board keeps for good costs heap, and this one it
// has already.
func compile(ctx context.Context, compiler, dir, name string, source []byte) ([]byte, error) {
	from, to := filepath.Join(dir, "source.py"), filepath.Join(dir, "compiled.mpy")
	if err := os.WriteFile(from, source, 0o600); err != nil {
		return nil, err
	}
	if _, err := run(ctx, compiler, "-s", moduleName(name), "-o", to, from); err != nil {
		return nil, err
	}
	return os.ReadFile(to)
}

// moduleName is what /lib/espy/x.py is imported as: espy.x.
func moduleName(file string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(file, path.Dir(Dir)+"/"), ".py"), "/", ".")
}

// run is what a program says; an error has what it said beside its status.
func run(ctx context.Context, program string, args ...string) ([]byte, error) {
	out, err := exec.CommandContext(ctx, program, args...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w; it said: %s", program, err, bytes.TrimSpace(out))
	}
	return out, nil
}
