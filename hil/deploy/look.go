package deploy

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/repl"
)

// tries is how often anything is attempted that a noisy line may have spoilt.
const tries = 12

// State is what a board has.
type State struct {
	Hash, Form string            // of the firmware, as its manifest has it; empty: none, or none that was ever finished
	Owned      map[string]string // what its manifest says that Espy put there: path to firmware.Sum
	Staged     map[string]string // the same of a manifest that was staged, and whose deployment was cut off
	Found      map[string]string // what is there, of what was asked for and in the package's folder: path to firmware.Sum
	Free       int64             // bytes of flash; -1: the board does not tell
	Block      int64             // bytes that a file takes at least
	Heap       int64             // bytes of heap that are free
	CutOff     bool              // a deployment was committed and never finished: the rest tells of neither firmware
}

//go:embed look.py
var lookCode string

// Look asks a board what it has of the files, in one round trip: it hashes each of
// them, and everything in the package's folder. A deployment that was cut off after
// its commit is finished first. The board must be in the raw REPL.
func Look(ctx context.Context, r *repl.REPL, f Files) (State, error) {
	return look(ctx, r, f, "True")
}

// Check is [Look] without finishing anything: the board's flash stays as it is.
func Check(ctx context.Context, r *repl.REPL, f Files) (State, error) {
	return look(ctx, r, f, "False")
}

// look asks, and has a deployment that was cut off finished or not.
func look(ctx context.Context, r *repl.REPL, f Files, finish string) (State, error) {
	var elsewhere []string
	for _, name := range f.names() {
		if path.Dir(name) != firmware.Dir {
			elsewhere = append(elsewhere, name)
		}
	}
	code := fmt.Sprintf("%s\n_espy_look(%s, %s, %s, %s, %s)\ndel _espy_look\n", lean(lookCode),
		repl.Quote(firmware.Dir), repl.Quote(firmware.Manifest), repl.Quote(mark), repl.Quote(strings.Join(elsewhere, " ")), finish)
	var err error
	last := ""
	for try := range tries {
		run := r.Carefully // which takes long, and is for a line that damages what is sent at once
		if try == 0 {
			run = r.Exec
		}
		var out bytes.Buffer
		if err = run(ctx, code, &out); err == nil {
			var s State
			if s, err = parse(out.String()); err == nil {
				return s, nil
			}
		}
		var raised *repl.PythonError // code that was damaged may raise anything, once
		same := errors.As(err, &raised) && raised.Traceback == last
		if raised != nil {
			last = raised.Traceback
		}
		if !spoilt(err) && (raised == nil || same) || r.Enter(ctx) != nil {
			return State{}, said(err)
		}
	}
	return State{}, fmt.Errorf("asking the board what is on its flash, %d times: %w", tries, err)
}

// errDamaged says that an answer did not arrive as it was said.
var errDamaged = errors.New("the answer arrived damaged")

// spoilt tells whether a line that damages bytes may have brought an error about.
func spoilt(err error) bool { return errors.Is(err, errDamaged) || repl.Spoilt(err) }

// parse reads what look.py prints: lines of a letter and words, then E and their CRC.
func parse(text string) (State, error) {
	s := State{Found: map[string]string{}, Free: -1, Block: 4096}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	end := strings.LastIndex(text, "E ")
	if end < 0 {
		return s, errDamaged
	}
	if said := strings.TrimSpace(text[end+2:]); said != fmt.Sprint(crc32.ChecksumIEEE([]byte(text[:end]))) {
		return s, errDamaged
	}
	for line := range strings.Lines(text[:end]) {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch kind {
		case "M":
			s.Hash, s.Form, s.Owned = readManifest(rest)
		case "N":
			_, _, s.Staged = readManifest(rest)
		case "J":
			s.CutOff = true
		case "F":
			sum, name, _ := strings.Cut(rest, " ")
			s.Found[name] = sum
		case "S":
			free, block, _ := strings.Cut(rest, " ")
			s.Free, s.Block = number(free), max(number(block), 1)
		case "H":
			s.Heap = number(rest)
		}
	}
	return s, nil
}

// readManifest reads the two lines of a manifest, which come as one. One that cannot
// be read owns nothing.
func readManifest(text string) (hash, form string, owned map[string]string) {
	var about struct{ Hash, Form string }
	d := json.NewDecoder(strings.NewReader(text))
	if d.Decode(&about) != nil || d.Decode(&owned) != nil {
		return "", "", nil
	}
	return about.Hash, about.Form, owned
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// A Difference is a file that is not as it is to be.
type Difference struct {
	Path string
	What string // "missing", "changed", "left over"
}

// Differs says in what a board's files differ from those that it is to have.
func (s State) Differs(f Files) []Difference {
	var all []Difference
	for _, name := range f.names() {
		switch sum, ok := s.Found[name]; {
		case !ok:
			all = append(all, Difference{name, "missing"})
		case sum != firmware.Sum(f.Files[name]):
			all = append(all, Difference{name, "changed"})
		}
	}
	for _, name := range s.leftOver(f) {
		all = append(all, Difference{name, "left over"})
	}
	return all
}

// leftOver are the files of Espy's that are in the way: of an earlier firmware and not
// of this one, and stages of a deployment that was cut off.
func (s State) leftOver(f Files) []string {
	var all []string
	for name := range s.Found {
		_, wanted := f.Files[name]
		if !wanted && name != firmware.Manifest && name != journal && s.ours(name) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// ours tells whether a file that is there is as Espy put it there: a manifest names it,
// and its content. Of a stage, which may have been cut off anywhere, the name has to do.
func (s State) ours(name string) bool {
	if owned, known := s.Owned[name]; known {
		return s.Found[name] == owned
	}
	switch name {
	case firmware.Manifest:
		return s.Hash != ""
	case firmware.Manifest + stage, journal + stage:
		return true
	}
	place, staged := strings.CutSuffix(name, stage)
	_, before := s.Owned[place]
	_, after := s.Staged[place]
	return staged && (before || after)
}

// changed are the files that Espy put there and somebody has changed since.
func (s State) changed() []string {
	var all []string
	for name, sum := range s.Found {
		if owned, known := s.Owned[name]; known && sum != owned {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}
