package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/espy-hil/espy/docs"
	"github.com/espy-hil/espy/fakeapi/plan/personality"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/scenarios"
	"github.com/espy-hil/espy/sim"
	chips "github.com/espy-hil/espy/sim/profile"
	"github.com/espy-hil/espy/sim/unix"
)

// A candidate is how a word may go on, and what it then is.
type candidate struct{ word, help string }

// complete is how the last of the words after espy may go on, and whether it may be
// the name of a file.
func complete(at *kong.Node, words []string) (found []candidate, files bool) {
	var value *kong.Value // that the next word is of
	positional := 0
	for _, word := range words[:len(words)-1] {
		flag, given := flagOf(at, word)
		switch {
		case value != nil:
			value = nil
		case flag != nil && !given && !flag.IsBool():
			value = flag.Value
		case flag != nil || strings.HasPrefix(word, "-"):
		default:
			if child := childOf(at, word); child != nil {
				at = child
			} else {
				positional++
			}
		}
	}
	last := words[len(words)-1]
	name, begun, assigned := strings.Cut(last, "=")
	flag, _ := flagOf(at, name)
	switch {
	case value != nil:
		return valuesOf(at, value, "", last)
	case flag != nil && assigned && !flag.IsBool():
		return valuesOf(at, flag.Value, name+"=", begun)
	case strings.HasPrefix(last, "-"):
		return flagsOf(at, last), false
	case len(at.Children) > 0:
		return matching("", last, commandsOf(at)), false
	case positional < len(at.Positional):
		return valuesOf(at, at.Positional[positional], "", last)
	case len(at.Positional) > 0 && at.Positional[len(at.Positional)-1].IsSlice():
		return valuesOf(at, at.Positional[len(at.Positional)-1], "", last)
	}
	return nil, false
}

// flagOf is the flag that a word names, and whether the word has its value as well.
func flagOf(at *kong.Node, word string) (flag *kong.Flag, given bool) {
	name, _, given := strings.Cut(word, "=")
	for _, group := range at.AllFlags(true) {
		for _, f := range group {
			if name == "--"+f.Name || f.Short != 0 && name == "-"+string(f.Short) {
				return f, given
			}
		}
	}
	return nil, false
}

func childOf(at *kong.Node, name string) *kong.Node {
	for _, child := range at.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

func commandsOf(at *kong.Node) (all []candidate) {
	for _, child := range at.Children {
		if !child.Hidden {
			all = append(all, candidate{child.Name, child.Help})
		}
	}
	return all
}

func flagsOf(at *kong.Node, begun string) (all []candidate) {
	for _, group := range at.AllFlags(true) {
		for _, f := range group {
			all = append(all, candidate{"--" + f.Name, f.Help})
		}
	}
	return matching("", begun, all)
}

// matching are the candidates that a word may become, with what stands before it.
func matching(before, begun string, all []candidate) (found []candidate) {
	for _, c := range all {
		if strings.HasPrefix(c.word, begun) {
			found = append(found, candidate{before + c.word, c.help})
		}
	}
	return found
}

// valuesOf is how the value of a flag or an argument may go on. In a list, what stands
// before the last comma is there already.
func valuesOf(at *kong.Node, v *kong.Value, before, begun string) (found []candidate, files bool) {
	if comma := strings.LastIndexByte(begun, ','); comma >= 0 && v.IsSlice() {
		before, begun = before+begun[:comma+1], begun[comma+1:]
	}
	if v.Enum != "" {
		return matching(before, begun, plainly(slices.Sorted(maps.Keys(v.EnumMap())))), false
	}
	kind := v.Name
	if _, known := values[kind]; !known && v.Flag != nil {
		kind = v.Flag.PlaceHolder
	}
	list, known := values[kind]
	if !known {
		return nil, kind == "FILE" || kind == "PATH" || kind == "DIR" || v.Flag == nil
	}
	return matching(before, begun, list(at)), kind == "client"
}

func plainly(words []string) (all []candidate) {
	for _, w := range words {
		all = append(all, candidate{word: w})
	}
	return all
}

// values are what flags and arguments can be, by their name or by what stands for
// their value in --help.
var values = map[string]func(*kong.Node) []candidate{
	"BOARD":        boardNames,
	"board":        boardNames,
	"profile":      func(*kong.Node) []candidate { return plainly(simNames()) },
	"http-version": words("1.0", "1.1", "auto"),
	"VERSION":      words("1.0", "1.1"),
	"answer":       words("1.0", "1.1", "same"),
	"refuse":       words("505", "426", "400", "close"),
	"client":       words("espy.requests", "requests", "net/http", "curl"),
	"KIND":         words("valid", "expired", "not-yet-valid", "wrong-host", "self-signed", "unknown-ca"),
	"personality":  personalities,
	"tag":          tags,
	"topic":        helpTopics,
}

func words(all ...string) func(*kong.Node) []candidate {
	return func(*kong.Node) []candidate { return plainly(all) }
}

func personalities(*kong.Node) (all []candidate) {
	for _, p := range personality.All() {
		all = append(all, candidate{p.Name, p.Server})
	}
	return all
}

func simNames() []string {
	all := []string{"sim"}
	for _, release := range sim.Releases() {
		all = append(all, "sim:"+release)
	}
	for _, chip := range chips.Names() {
		all = append(all, "sim:"+chip)
	}
	return all
}

func boardNames(*kong.Node) []candidate {
	all := append(append(simNames(), unix.Names()...), "serial:auto", "tcp://", "rfc2217://")
	if h, err := rig.Hardware(""); err == nil { // one that is broken has no names to offer
		for _, b := range h.Boards {
			all = append(all, b.Name)
		}
	}
	return plainly(all)
}

// tags are those of the bundled scenarios.
func tags(*kong.Node) []candidate {
	all, _ := scenarios.LoadBundled() // what is broken has no tags to offer
	known := map[string]bool{}
	for _, s := range all {
		for _, tag := range s.Tags {
			known[tag] = true
		}
	}
	return plainly(slices.Sorted(maps.Keys(known)))
}

// helpTopics are the frequent troubles, and the commands.
func helpTopics(at *kong.Node) (all []candidate) {
	for _, trouble := range docs.Troubles() {
		all = append(all, candidate{trouble.Name, first(trouble.Text)})
	}
	for at.Parent != nil {
		at = at.Parent
	}
	return append(all, commandsOf(at)...)
}
