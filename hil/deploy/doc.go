// Package deploy puts the firmware on a board's flash: what changed of it, and all of
// it or nothing.
//
// The words. The manifest is the file that tells what Espy put on a board, by hash.
// A stage is a file beside its place, NAME.new, which nothing imports. The journal is
// a Python file that puts stages in their places and removes what is in the way; it
// is the package's __init__.py, for as long as there is something left to do.
//
//	Look    what is there, hash by hash, and how much room    one round trip
//	stage   firmware.json.new, x.py.new, y.py.new, ...        each compared with its hash
//	commit  rename the journal to __init__.py                 the one moment that counts
//	finish  the journal: x.py.new -> x.py, ..., the manifest, and at last itself
//
// Power may fail at any byte. Before the commit nothing has happened to the former
// firmware. After it, whoever imports anything of the package, Espy or the user's own
// main.py, has the journal finish first, since Python runs __init__.py before all
// else: the board is seen with the former firmware or the new one, never with some of
// both. Each step of the journal can be done once more.
//
// Files of the user's are never touched, in the package's own folder either: what a
// manifest does not name with the hash that it has is left alone, and where it would have
// to be written over that is an error, before anything is written. Of stages the name is
// enough: a manifest on the board, or the staged one, which is the first of them, has it.
package deploy

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/espy-hil/espy/firmware"
)

// Files is the firmware as a board is to have it: paths below the board's root.
type Files struct {
	Hash, Form string
	Files      map[string][]byte // "/lib/espy/requests.py", and firmware.Manifest
}

const (
	stage   = ".new"                          // behind the name of a file that is to take its place
	journal = firmware.Dir + "/__init__.py"   // run by whatever imports the package
	mark    = "# espy: finishes a deployment" // the journal's first line: no other __init__.py is touched
)

// names are the files' paths, the manifest last.
func (f Files) names() []string {
	all := slices.Sorted(maps.Keys(f.Files))
	all = slices.DeleteFunc(all, func(name string) bool { return name == firmware.Manifest })
	if _, ok := f.Files[firmware.Manifest]; ok {
		all = append(all, firmware.Manifest)
	}
	return all
}

// otherForm is the file that an import would find as well: of a module in both
// forms, the board takes the source, however old.
func otherForm(name string) string {
	switch path.Ext(name) {
	case ".py":
		return strings.TrimSuffix(name, ".py") + ".mpy"
	case ".mpy":
		return strings.TrimSuffix(name, ".mpy") + ".py"
	}
	return ""
}

// folders are the folders that hold files, outermost first.
func folders(files []string) []string {
	all := map[string]bool{}
	for _, file := range files {
		for dir := path.Dir(file); dir != "/" && dir != "."; dir = path.Dir(dir) {
			all[dir] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}
