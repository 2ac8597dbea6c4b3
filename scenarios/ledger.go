package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Ledger is the accepted differences of a suite: the file known.yaml at its top.
type Ledger struct {
	File    string
	Entries []Accepted
}

// Accepted is one entry of a ledger: where a difference is expected, and why.
type Accepted struct {
	Pos      Pos
	Scenario Glob   // of the file below the ledger's folder, with or without .yaml, or of the scenario's name
	Boards   []Glob // none: every board. A name alone stands for all of its kind: sim for sim:1.24
	Clients  []Glob // none: every client
	Fields   []Glob // as they are named in diffs; each with all that is below it
	Cause    string // why it is so, in a sentence
	Link     string // where more is said; may be empty
	Since    string // when it was accepted; may be empty
}

// Glob is a pattern in which * stands for anything without a slash or a dot at
// that place, and ** for anything.
type Glob struct {
	Text   string
	regexp *regexp.Regexp
}

// Matches tells whether the whole of s is as the pattern says.
func (g Glob) Matches(s string) bool {
	if !g.IsPattern() {
		return g.Text == s
	}
	return g.regexp.MatchString(s)
}

// IsPattern tells whether it may match more than one text.
func (g Glob) IsPattern() bool { return strings.Contains(g.Text, "*") }

// LedgerName is the name of a ledger's file.
const LedgerName = "known.yaml"

// glob reads a pattern; other is the character at which * stops.
func glob(what, other string) reader[Glob] {
	return mapped(nonEmpty(what), what, func(_ *decoder, _ *node, s string) (Glob, error) {
		var b strings.Builder
		for rest := s; rest != ""; {
			switch {
			case strings.HasPrefix(rest, "**"):
				b.WriteString(".*")
				rest = rest[2:]
			case rest[0] == '*':
				b.WriteString("[^" + other + "]*")
				rest = rest[1:]
			default:
				n := strings.IndexByte(rest[1:], '*') + 1
				if n == 0 {
					n = len(rest)
				}
				b.WriteString(regexp.QuoteMeta(rest[:n]))
				rest = rest[n:]
			}
		}
		re, err := regexp.Compile("^(?s:" + b.String() + ")$")
		return Glob{s, re}, err
	})
}

var accepted = object("an entry of the ledger", checkAccepted,
	field("scenario", "which scenarios, by file or name", glob("a file below the ledger's folder, or a name; * stands for anything", "/"), func(a *Accepted, v Glob) { a.Scenario = v }).
		needed("the entry has no scenario:", "expected scenario: and a file or a name, such as version/auto-*"),
	field("boards", "on which boards", listOf("a list of boards", glob("a board such as unix or sim:1.24", ":@")), func(a *Accepted, v []Glob) { a.Boards = v }),
	field("clients", "with which clients", listOf("a list of clients", glob("a client such as requests", "/")), func(a *Accepted, v []Glob) { a.Clients = v }),
	field("fields", "in which fields", listOf("a list of fields", glob("a field such as raises.message", `.\[`)), func(a *Accepted, v []Glob) { a.Fields = v }).
		needed("the entry has no fields:", "expected fields: and what may differ, such as [raises.message]"),
	field("cause", "why it is so", nonEmpty("a sentence that says why it is so"), func(a *Accepted, v string) { a.Cause = v }).
		needed("the entry has no cause:", "expected cause: and a sentence that says why it is so"),
	field("link", "where more is said", nonEmpty("an address"), func(a *Accepted, v string) { a.Link = v }),
	field("since", "when it was accepted", nonEmpty("a date or a release"), func(a *Accepted, v string) { a.Since = v }),
)

// checkAccepted sees that no list of an entry is empty.
func checkAccepted(d *decoder, n *node, a *Accepted) {
	for _, list := range []string{"boards", "clients", "fields"} {
		if v := n.get(list); v != nil && v.kind == listNode && len(v.items) == 0 {
			d.fail(v, "leave it out, or name some", "%s: names none", list)
		}
	}
	a.Pos = d.pos(n)
}

var ledger = listOf("a list of accepted differences", accepted)

// LoadLedger reads a ledger. The error is a *[FileError] with everything that is
// wrong with it, or says that it could not be read.
func LoadLedger(name string) (*Ledger, error) {
	data, err := readFile(name)
	if err != nil {
		return nil, fmt.Errorf("read a ledger: %w", err)
	}
	return ParseLedger(name, data)
}

// BundledLedger is the ledger of the bundled suites; it is empty where they have none.
func BundledLedger() (*Ledger, error) {
	name := path.Join("scenarios", LedgerName)
	data, err := Bundled.ReadFile(LedgerName)
	if errors.Is(err, fs.ErrNotExist) {
		return &Ledger{File: name}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the bundled ledger: %w", err)
	}
	return ParseLedger(name, data)
}

// FindLedger is the path of the ledger of the suite that a file belongs to: the
// nearest known.yaml in its folder or above it, not beyond the top of its
// repository; empty where there is none.
func FindLedger(file string) string {
	folder, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return ""
	}
	return findAbove(folder, filepath.Dir(file), LedgerName)
}

// findAbove is the path of the nearest file of that name in a folder or above it, not
// beyond the top of its repository; empty where there is none. shown is what the folder
// is called.
func findAbove(folder, shown, name string) string {
	for {
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.Mode().IsRegular() {
			return filepath.Join(shown, name)
		}
		above := filepath.Dir(folder)
		if _, err := os.Stat(filepath.Join(folder, ".git")); err == nil || above == folder {
			return ""
		}
		folder, shown = above, filepath.Join(shown, "..")
	}
}

// ParseLedger reads a ledger from the bytes of a file. A file with nothing but
// comments is a ledger without entries.
func ParseLedger(name string, data []byte) (*Ledger, error) {
	r := &report{source: newSource(name, data[:min(len(data), maxFile)])}
	l := &Ledger{File: name}
	if isBlank(data) {
		return l, nil
	}
	root := parseTree(data, r)
	if root == nil {
		return nil, r.err()
	}
	l.Entries, _ = ledger.read(&decoder{report: r}, root)
	if err := r.err(); err != nil {
		return nil, err
	}
	return l, nil
}

// isBlank tells a file that has nothing but comments.
func isBlank(data []byte) bool {
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return false
		}
	}
	return true
}

// Names tells whether an entry is about a scenario of this file and name.
func (l *Ledger) Names(a *Accepted, file, name string) bool {
	if a.Scenario.Matches(name) {
		return true
	}
	below := filepath.ToSlash(l.below(file))
	return a.Scenario.Matches(below) || a.Scenario.Matches(strings.TrimSuffix(below, ".yaml"))
}

// below is the path of a file from the ledger's folder; the file as it is called
// where there is none.
func (l *Ledger) below(file string) string {
	folder, err := filepath.Abs(filepath.Dir(l.File))
	if err != nil {
		return file
	}
	whole, err := filepath.Abs(file)
	if err != nil {
		return file
	}
	below, err := filepath.Rel(folder, whole)
	if err != nil {
		return file
	}
	return below
}

// readFile reads a file of bounded size that is one: opening a pipe would wait for
// somebody to write to it.
func readFile(name string) ([]byte, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file but a %s", name, kindOf(info.Mode()))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// kindOf is what stands where a file is wanted.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "folder"
	case mode&fs.ModeNamedPipe != 0:
		return "pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	default:
		return "device"
	}
}
