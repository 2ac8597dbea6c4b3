package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/sim/unix"
)

// buildCommand is espy build.
type buildCommand struct {
	Dir    string `arg:"" optional:"" default:"build/firmware" help:"Folder that is to hold what a board's root holds."`
	Form   string `default:"py" enum:"py,mpy" placeholder:"FORM" help:"The source (py), or compiled (mpy)."`
	Client bool   `help:"The client alone, without the agent that runs it for Espy."`
}

// plainGET are the modules that a GET without further wishes imports.
var plainGET = []string{"espy.requests", "espy._response"}

// Run writes the firmware as files for a board, and says what each of them costs it.
func (c *buildCommand) Run(ctx context.Context) error {
	bundle, err := rig.Bundle(ctx, c.Form)
	if errors.As(err, new(rig.Mistake)) {
		return usage("%w", err)
	}
	if err != nil {
		return err
	}
	if c.Client {
		bundle = bundle.Client()
	}
	if err := bundle.WriteTo(c.Dir); err != nil {
		return err
	}
	heap, err := rig.Heap(ctx, bundle)
	if err != nil && !errors.Is(err, unix.ErrMissing) {
		return err
	}
	return describe(os.Stdout, c.Dir, bundle, heap, err)
}

// describe prints what is in a bundle: sizes, hashes, and heap where it was measured.
func describe(w io.Writer, dir string, b firmware.Bundle, heap map[string]int, unmeasured error) error {
	files := slices.Sorted(maps.Keys(b.Files))
	size := 0
	for _, name := range files {
		size += len(b.Files[name])
	}
	fmt.Fprintf(w, "%s: firmware %s (%s), %d files, %d bytes\n\n", dir, b.Hash, b.Form, len(files), size)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "bytes\theap\tsha256\t file")
	for _, name := range files {
		content := b.Files[name]
		fmt.Fprintf(t, "%d\t%s\t%.12x\t %s\n", len(content), kept(heap, moduleOf(name)), sha256.Sum256(content), name)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if unmeasured != nil {
		_, err := fmt.Fprintf(w, "\nThe heap that they keep once imported was not measured: %v\n", unmeasured)
		return err
	}
	plain := 0
	for _, name := range plainGET {
		plain += heap[name]
	}
	_, err := fmt.Fprintf(w, "\nOf the heap of a 32-bit board, a plain GET keeps %d bytes, all of it %d.\n", plain, total(heap))
	return err
}

// moduleOf is the name of a file of the bundle as Python imports it.
func moduleOf(file string) string {
	return "espy." + strings.TrimSuffix(path.Base(file), path.Ext(file))
}

func kept(heap map[string]int, module string) string {
	if bytes, ok := heap[module]; ok {
		return fmt.Sprint(bytes)
	}
	return "-"
}

func total(heap map[string]int) int {
	sum := 0
	for _, bytes := range heap {
		sum += bytes
	}
	return sum
}
