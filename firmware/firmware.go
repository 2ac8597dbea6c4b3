// Package firmware holds the MicroPython files that run on a board: the HTTP
// client, and the agent that runs it for the harness. The same source goes to
// every board, virtual or real.
//
//	firmware/espy/*.py --embed--> Source() Bundle --> a board's /lib/espy
//	                                              '-> WriteTo(dir), for make firmware
//
// A bundle is known by its hash. The file Manifest among its files tells which
// hash a board has, and takes its place last: see package hil/deploy.
package firmware

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
)

// Dir is where the firmware stands on a board. /lib is on sys.path of every port.
const Dir = "/lib/espy"

// Manifest is the file that tells what firmware is on a board: a line of JSON with
// its hash and form, which is all that a board ever reads of it, and a second one
// with the hash of each of its files.
const Manifest = Dir + "/firmware.json"

// Forms of a bundle.
const (
	FormSource   = "py"
	FormCompiled = "mpy"
)

// Bundle is the firmware in one form.
type Bundle struct {
	Hash  string            // of names and contents, in hex
	Form  string            // FormSource or FormCompiled
	Files map[string][]byte // paths on the board: /lib/espy/requests.py, and Manifest
}

//go:embed espy/*.py
var sources embed.FS

// Source is the firmware as source files. Its map is shared: it is not to be changed.
var Source = sync.OnceValue(func() Bundle {
	names, err := fs.Glob(sources, "espy/*.py")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	files := make(map[string][]byte, len(names)+1)
	for _, name := range names {
		content, err := sources.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		files[path.Join(Dir, path.Base(name))] = content
	}
	return New(FormSource, files)
})

// New bundles files of a form, and adds the manifest.
func New(form string, files map[string][]byte) Bundle {
	files = maps.Clone(files)
	delete(files, Manifest)
	b := Bundle{Hash: hash(files), Form: form, Files: files}
	sums := make(map[string]string, len(files))
	for name, content := range files {
		sums[name] = Sum(content)
	}
	var manifest bytes.Buffer
	e := json.NewEncoder(&manifest)
	about := struct {
		Hash string `json:"hash"`
		Form string `json:"form"`
	}{b.Hash, b.Form}
	if err := errors.Join(e.Encode(about), e.Encode(sums)); err != nil {
		panic(err) // strings
	}
	files[Manifest] = manifest.Bytes()
	return b
}

// Sum is the hash by which a manifest knows a file's content: 64 bits of its SHA-256,
// in hex. It tells versions apart, and guards nothing.
func Sum(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// hash is over names and contents with their lengths, so that nothing can move
// from one to the other unseen. 64 bits of it are kept: it tells builds apart, and
// guards nothing.
func hash(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%d %s %d ", len(name), name, len(files[name]))
		h.Write(files[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// WriteTo writes the files below dir as they are to stand below a board's root.
// What dir already holds of /lib/espy is replaced, the rest is left alone.
func (b Bundle) WriteTo(dir string) error {
	if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(Dir))); err != nil {
		return fmt.Errorf("removing the former firmware: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(b.Files)) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("writing the firmware: %w", err)
		}
		if err := os.WriteFile(file, b.Files[name], 0o644); err != nil {
			return fmt.Errorf("writing the firmware: %w", err)
		}
	}
	return nil
}
