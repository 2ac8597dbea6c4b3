package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/scenarios"
)

// lintCommand is espy lint.
type lintCommand struct {
	Paths []string `arg:"" optional:"" help:"Scenario files, ledgers, hardware maps (espy.yaml), folders or globs; the bundled ones if there are none."`
	JSON  bool     `name:"json" help:"Print what is found as JSON."`
}

// finding is one thing that lint found, as --json has it.
type finding struct {
	File     string `json:"file"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Severity string `json:"severity"` // error or warning
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`

	text string // as a person reads it
}

// Run checks the files, and their ledgers. That something is wrong is no error of
// the command, and has the status of one.
func (c *lintCommand) Run() error {
	found, checked, err := c.check()
	if err != nil {
		return usage("%w", err)
	}
	if c.JSON {
		err = writeFindings(found)
	} else {
		err = printFindings(found, checked)
	}
	for _, f := range found {
		if f.Severity == "error" {
			return errors.Join(verdictError{statusUsage}, err)
		}
	}
	return err
}

// check is what is found in the files, and how many there are.
func (c *lintCommand) check() (found []finding, checked string, err error) {
	if len(c.Paths) == 0 {
		all, wrong := scenarios.LoadBundled()
		_, ledger := scenarios.BundledLedger()
		return findings(all, errors.Join(wrong, ledger)), plain.Number(len(all), "bundled scenario"), nil
	}
	paths, err := scenarios.Find(c.Paths)
	if err != nil {
		return nil, "", err
	}
	hardware, paths := hardwareMaps(paths)
	files, ledgers := sorted(paths)
	all, wrong := scenarios.Load(files)
	for _, h := range hardware {
		_, err := scenarios.LoadHardware(h)
		wrong = errors.Join(wrong, err)
	}
	for _, l := range ledgers {
		_, err := scenarios.LoadLedger(l)
		wrong = errors.Join(wrong, err)
	}
	var kinds []string
	for _, kind := range []struct {
		n    int
		name string
	}{{len(files), "scenario"}, {len(ledgers), "ledger"}, {len(hardware), "hardware map"}} {
		if kind.n > 0 {
			kinds = append(kinds, plain.Number(kind.n, kind.name))
		}
	}
	checked = strings.Join(kinds, " and ")
	found = findings(all, wrong)
	for _, f := range scenarios.Misnamed(c.Paths) {
		const message = "the file is passed over: the names of scenarios end in .yaml"
		found = append(found, finding{File: f, Severity: "warning", Message: message, text: f + ": warning: " + message})
	}
	return found, checked, nil
}

// hardwareMaps takes the hardware maps out of the paths.
func hardwareMaps(paths []string) (maps, others []string) {
	for _, p := range paths {
		if filepath.Base(p) == scenarios.HardwareName {
			maps = append(maps, p)
		} else {
			others = append(others, p)
		}
	}
	return maps, others
}

// sorted tells scenarios from ledgers, those among the paths and those that the
// scenarios belong to.
func sorted(paths []string) (files, ledgers []string) {
	seen := map[string]bool{}
	ledger := func(path string) {
		whole, err := filepath.Abs(path)
		if err != nil {
			whole = path
		}
		if path != "" && !seen[whole] {
			seen[whole] = true
			ledgers = append(ledgers, filepath.Clean(path))
		}
	}
	for _, p := range paths {
		if filepath.Base(p) == scenarios.LedgerName {
			ledger(p)
			continue
		}
		files = append(files, p)
		ledger(scenarios.FindLedger(p))
	}
	return files, ledgers
}

// findings lists the errors, which are joined, and the warnings.
func findings(all []*scenarios.Scenario, err error) (found []finding) {
	joined := []error{err}
	for len(joined) > 0 {
		err, joined = joined[0], joined[1:]
		var several interface{ Unwrap() []error }
		var wrong *scenarios.FileError
		switch {
		case err == nil:
		case errors.As(err, &several):
			joined = append(several.Unwrap(), joined...)
		case errors.As(err, &wrong):
			for _, p := range wrong.Problems {
				found = append(found, findingOf(p))
			}
			if wrong.More {
				found = append(found, finding{File: wrong.File, Severity: "error", Message: "there are more problems", text: wrong.File + ": and more"})
			}
		default:
			f := finding{Severity: "error", Message: err.Error(), text: err.Error()}
			if p := new(fs.PathError); errors.As(err, &p) {
				f.File = p.Path
			}
			found = append(found, f)
		}
	}
	for _, s := range all {
		for _, w := range s.Warnings {
			found = append(found, findingOf(w))
		}
	}
	slices.SortStableFunc(found, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return found
}

func findingOf(p scenarios.Problem) finding {
	severity := "error"
	if p.Warning {
		severity = "warning"
	}
	return finding{p.Pos.File, p.Pos.Line, p.Pos.Column, severity, p.Message, p.Hint, p.String()}
}

// writeFindings prints the findings as a list in JSON.
func writeFindings(found []finding) error {
	if found == nil {
		found = []finding{}
	}
	e := json.NewEncoder(os.Stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(found)
}

// printFindings prints the findings for a person, and how many there are.
func printFindings(found []finding, checked string) error {
	var b strings.Builder
	count := map[string]int{}
	for _, f := range found {
		count[f.Severity]++
		fmt.Fprintf(&b, "%s\n\n", f.text)
	}
	said := []string{}
	for _, severity := range []string{"error", "warning"} {
		if n := count[severity]; n > 0 {
			said = append(said, plain.Number(n, severity))
		}
	}
	if len(said) == 0 {
		said = []string{"nothing wrong"}
	}
	fmt.Fprintf(&b, "%s: %s\n", checked, strings.Join(said, ", "))
	_, err := os.Stdout.WriteString(b.String())
	return err
}
