package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"
)

// Bundled holds the suites that come with espy, below their folder: version/x.yaml.
//
//go:embed */*.yaml */*.json known.yaml
var Bundled embed.FS

// LoadBundled reads every bundled suite. The files are called scenarios/version/x.yaml,
// as in the repository.
func LoadBundled() ([]*Scenario, error) {
	var paths []string
	err := fs.WalkDir(Bundled, ".", func(p string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && isScenario(p) {
			paths = append(paths, p)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the bundled scenarios: %w", err)
	}
	return loadAll(paths, func(p string) (*Scenario, error) {
		data, err := Bundled.ReadFile(p)
		if err != nil {
			return nil, err
		}
		return parseIn(path.Join("scenarios", p), data, within(Bundled, path.Dir(p)))
	})
}

// Load reads files, which [Find] lists. The scenarios are in the order of paths.
// The error joins those of all files; what could be read is returned beside it.
// Two scenarios of one name are an error that names both places.
func Load(paths []string) ([]*Scenario, error) { return loadAll(paths, LoadFile) }

// LoadFile reads one file. The error is a *[FileError] with everything that is
// wrong with the file, or says that it could not be read.
func LoadFile(path string) (*Scenario, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("read a scenario: %w", err)
	}
	return parseIn(path, data, onDisk(filepath.Dir(path)))
}

// loadAll reads files in parallel.
func loadAll(paths []string, load func(string) (*Scenario, error)) ([]*Scenario, error) {
	loaded := make([]*Scenario, len(paths))
	errs := make([]error, len(paths))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range paths {
		group.Go(func() error {
			loaded[i], errs[i] = load(p)
			return nil
		})
	}
	_ = group.Wait() // the errors are kept by file
	loaded = slices.DeleteFunc(loaded, func(s *Scenario) bool { return s == nil })
	return loaded, errors.Join(append(errs, sameNames(loaded)...)...)
}

// sameNames reports scenarios that cannot be told apart by name.
func sameNames(list []*Scenario) []error {
	var errs []error
	first := map[string]*Scenario{}
	for _, s := range list {
		if f, ok := first[s.Name]; ok {
			errs = append(errs, &FileError{File: s.File, Problems: []Problem{{
				Pos: s.Pos, Message: "another scenario has this name", Hint: fmt.Sprintf("it stands in %s", f.Pos),
				line: s.nameLine, width: utf8.RuneCountInString(s.Name),
			}}})
			continue
		}
		first[s.Name] = s
	}
	return errs
}

// Parse reads a scenario from the bytes of a file; name is what positions call it.
// It is in no folder: file: keys find nothing.
func Parse(name string, data []byte) (*Scenario, error) { return parseIn(name, data, nil) }

// parseIn is Parse for a file beside others.
func parseIn(name string, data []byte, beside *folder) (*Scenario, error) {
	defer beside.done()
	// Half a character at the limit would be a second error.
	source := newSource(name, data[:min(len(data), maxFile)])
	r := &report{source: source, beside: beside}
	root := parseTree(data, r)
	if root == nil {
		return nil, r.err()
	}
	if root.kind != mappingNode {
		r.at(root, "a scenario cannot be "+root.describe(), "expected keys such as name:, request: and expect:")
		return nil, r.err()
	}
	l := readLoop(root, r)
	checkVariables(root, l, r)
	s := readVariants(root, l, r)
	if err := r.err(); err != nil {
		return nil, err
	}
	s.File, s.Warnings, s.nameLine = name, r.sortedWarnings(), source.line(s.Pos.Line)
	return s, nil
}

// readVariants reads the tree of every row. Where for: is not sound, which is a
// problem already, it reads the file as it stands, to find its other problems.
func readVariants(root *node, l loop, r *report) *Scenario {
	if !l.sound {
		readVariant(root, r)
		return nil
	}
	f := &filler{report: r, names: l.names, left: maxExpanded}
	var s *Scenario
	labels := map[string]bool{}
	for i, row := range l.rows {
		filled := f.root(root, row)
		if f.left < 0 {
			r.at(root.keyNode("for"), fmt.Sprintf("the file is more than %d MiB once its variables are filled in", maxExpanded>>20), "make several files of it")
			return nil
		}
		document := readVariant(filled, r)
		if r.more {
			return nil
		}
		if s == nil {
			s = &document.scenario
			s.Variants = make([]Variant, 0, len(l.rows))
		}
		label, cut := l.label(row)
		if labels[label] && cut {
			label = fmt.Sprintf("%s (run %d)", label, i+1)
		} else if labels[label] {
			r.at(rowNode(l, i), "this run stands in for: already: "+label, "leave one of them out")
		}
		labels[label] = true
		document.variant.Label = label
		s.Variants = append(s.Variants, document.variant)
	}
	return s
}

// rowNode is where the i-th row of for: stands.
func rowNode(l loop, i int) *node {
	if l.at.kind == listNode {
		return l.at.items[i]
	}
	return l.at
}

// readVariant reads one tree through the tables.
func readVariant(root *node, r *report) document {
	names := serverNames(root)
	d := &decoder{report: r, servers: names, variables: addressVariables(names), raises: expectsException(root)}
	document, _ := scenarioFile.read(d, root)
	return document
}

// isScenario tells a scenario by its file's name: known.yaml is a ledger, espy.yaml a hardware map.
func isScenario(p string) bool {
	name := path.Base(p)
	return strings.HasSuffix(name, ".yaml") && !strings.HasPrefix(name, ".") && name != LedgerName && name != HardwareName
}
