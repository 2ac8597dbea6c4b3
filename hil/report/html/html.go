// Package html writes a report as a page to look at: one file, which needs no network
// and nothing beside it.
//
// What is in the file, in this order:
//
//	summary   what broke, where, why, since when; the boards: plain HTML, there before any script
//	index     what the grid and its filters need of every run: JSON
//	runs      all there is to a run, some dozen runs a block: JSON, gzip, Base64; unpacked when one is looked at
//	script    draws the grid, of which as many rows exist as can be seen, and the run that was chosen
//
// What servers and boards have said is data here, never markup: the script writes it as
// text alone, with control characters and what turns text around shown as escapes, and
// the page's own policy lets no other script run, nor anything be fetched.
package html

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

//go:embed page
var files embed.FS

// What the page is made of, in the order in which it is there.
var (
	styles  = joined("base.css", "summary.css", "grid.css", "run.css")
	scripts = "(() => {\n" + joined(
		"text.js", "dom.js", "data.js", "bytes.js", "plots.js", "fields.js", "differences.js", "exchange.js",
		"run.js", "filter.js", "grid.js", "keys.js", "main.js",
	) + "})();"
	top, bottom = pages()
)

func joined(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		text, err := files.ReadFile("page/" + name)
		if err != nil {
			panic(err) // it is embedded
		}
		b.Write(text)
		b.WriteString("\n")
	}
	return b.String()
}

// pages are the parts of the page before the data and after it.
func pages() (top, bottom *template.Template) {
	text, err := files.ReadFile("page/page.html")
	if err != nil {
		panic(err) // it is embedded
	}
	before, after, _ := strings.Cut(string(text), "<!-- data -->\n")
	functions := template.FuncMap{
		"text":   func(s string) string { return plain.Printable(head(s, longestText)) },
		"symbol": func(v result.Verdict) string { return symbols[v] },
		"count":  plain.Number,
		"cut":    func(s string) string { return plain.Fit(plain.Printable(head(s, longestText)), longestShown) },
		"add":    func(a, b int) int { return a + b },
	}
	return template.Must(template.New("top").Funcs(functions).Parse(before)), template.Must(template.New("bottom").Funcs(functions).Parse(after))
}

const (
	longestShown = 160  // characters of a value in the summary
	longestText  = 1000 // bytes of one that are looked at at all, there and in the index
)

// symbols stand beside the words of verdicts, which are not told by colour alone.
var symbols = map[result.Verdict]string{
	result.Pass: "✓", result.Fail: "✗", result.Diverged: "≠", result.Known: "○", result.Flaky: "≈", result.Rig: "!", result.Skip: "–",
}

// In gives what writes the page of a report that lies in a folder, from where it links
// to captures.
func In(folder string) func(io.Writer, *result.Report) error {
	return func(w io.Writer, r *result.Report) error {
		if err := top.Execute(w, summarize(r)); err != nil {
			return fmt.Errorf("writing the summary: %w", err)
		}
		if err := writeIndex(w, indexOf(r, folder)); err != nil {
			return fmt.Errorf("writing the index: %w", err)
		}
		if err := writeRuns(w, r.Runs); err != nil {
			return fmt.Errorf("writing the runs: %w", err)
		}
		return bottom.Execute(w, map[string]any{"Script": template.JS(scripts)})
	}
}

// policy is what the page may do: run its own script, and have its own style.
func policy() string {
	return "default-src 'none'; script-src " + hash(scripts) + "; style-src " + hash(styles) + "; img-src data:; base-uri 'none'; form-action 'none'"
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// writeIndex writes JSON that ends no script: encoding/json has <, > and & as escapes.
func writeIndex(w io.Writer, x *index) error {
	text, err := json.Marshal(x)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, io.MultiReader(
		strings.NewReader("<script type=\"application/json\" id=\"index\">\n"), bytes.NewReader(text), strings.NewReader("\n</script>\n"),
	))
	return err
}
