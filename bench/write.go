package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"

	"github.com/espy-hil/espy/bench/document"
)

// faster is what was made faster, and what came of it: written by hand.
//
//go:embed faster.md
var faster string

// write writes the documents. A quick look, and a part, go to build/ so that they
// do not take the place of a whole one.
func (h *house) write(r *document.Report) error {
	out := h.out
	if r.Quick || len(r.Only) > 0 {
		out = filepath.Join(h.root, "build", "bench")
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	js, err := r.JSON()
	if err != nil {
		return fmt.Errorf("writing what was measured as JSON: %w", err)
	}
	files := map[string][]byte{"benchmarks.md": []byte(r.Markdown(faster)), "benchmarks.json": js}
	for _, o := range r.Outcomes {
		if len(o.Curves) > 0 {
			files[document.PlotName(o.Title)] = document.Plot("how many", o.Curves)
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(out, name), content, 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("%s", r.Summary())
	fmt.Printf("the rest is in %s\n", filepath.Join(out, "benchmarks.md"))
	return nil
}
