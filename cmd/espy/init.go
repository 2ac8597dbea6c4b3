package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/espy-hil/espy/scenarios"
)

// initCommand is espy init.
type initCommand struct {
	Dir string `arg:"" optional:"" default:"." help:"The folder of the project; this one if not given."`
}

// start is what a new project begins with.
//
//go:embed all:start
var start embed.FS

// Help is what --help says beyond the sentence.
func (*initCommand) Help() string { return "Nothing that is there is ever overwritten." }

// Run writes what is not there yet, and leaves what is.
func (c *initCommand) Run() error {
	if info, err := os.Stat(c.Dir); err == nil && !info.IsDir() {
		return usage("%s is a file; name a folder, which need not be there", c.Dir)
	}
	files, err := beginnings()
	if err != nil {
		return err
	}
	var said strings.Builder
	kept := 0
	for _, f := range files {
		path := filepath.Join(c.Dir, filepath.FromSlash(f.name))
		wrote, err := writeNew(path, f.text)
		if err != nil {
			return fmt.Errorf("writing %s: %w; what was written before it stays, and espy init goes on from there", path, withoutPath(err))
		}
		if wrote {
			fmt.Fprintf(&said, "wrote %s\n", path)
			continue
		}
		kept++
		fmt.Fprintf(&said, "kept  %s, which was there\n", path)
		if f.name == settings {
			fmt.Fprintf(&said, "      for completion and checks in it, add:\n%s", indented(string(f.text)))
		}
	}
	if kept < len(files) {
		run := "espy run scenarios"
		if c.Dir != "." {
			run = "cd " + quoted(c.Dir) + " && " + run
		}
		fmt.Fprintf(&said, "\nnow type: %s\n", run)
	}
	_, err = os.Stdout.WriteString(said.String())
	return err
}

// quoted is a folder as a shell takes it.
func quoted(folder string) string {
	if strings.ContainsFunc(folder, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("/.-_~:\\", r)
	}) {
		return "'" + strings.ReplaceAll(folder, "'", `'\''`) + "'"
	}
	return folder
}

const settings = ".vscode/settings.json"

// A beginning is one file of a new project.
type beginning struct {
	name string
	text []byte
}

// beginnings are the files of a new project, the schemas for its editor among them.
func beginnings() ([]beginning, error) {
	var all []beginning
	err := fs.WalkDir(start, "start", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := start.ReadFile(path)
		all = append(all, beginning{strings.TrimPrefix(path, "start/"), text})
		return err
	})
	scenario, wrong := scenarios.Schema()
	hardware, also := scenarios.HardwareSchema()
	all = append(all, beginning{".espy/scenario.schema.json", scenario}, beginning{".espy/hardware.schema.json", hardware})
	return all, errors.Join(err, wrong, also)
}

// writeNew writes a file that is not there, with the folders above it.
func writeNew(path string, text []byte) (wrote bool, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return false, errors.Join(err, os.Remove(path)) // half a file would be kept the next time
	}
	return true, nil
}

// withoutPath takes the path out of an error that names it already.
func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func indented(text string) string {
	return "        " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n        ") + "\n"
}
