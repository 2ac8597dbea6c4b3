package firmware

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// imports are the lines by which a module of the package loads others: at once,
// or, indented, when they are needed.
var imports = regexp.MustCompile(`(?m)^( *)from \.(\w*) import (\w+)`)

// Client is the bundle without the agent: espy.requests, and all that it ever loads.
func (b Bundle) Client() Bundle {
	client := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if !client[name] {
			client[name] = true
			for _, next := range loads(name, true) {
				visit(next)
			}
		}
	}
	visit("requests")
	files := maps.Clone(b.Files)
	maps.DeleteFunc(files, func(file string, _ []byte) bool { return !client[module(file)] })
	return New(b.Form, files)
}

// Modules are the names of the bundle's files as Python imports them, each behind
// those that importing it loads.
func (b Bundle) Modules() []string {
	var order []string
	var visit func(name string)
	visit = func(name string) {
		if slices.Contains(order, "espy."+name) {
			return
		}
		for _, next := range loads(name, false) {
			visit(next)
		}
		order = append(order, "espy."+name)
	}
	for _, file := range slices.Sorted(maps.Keys(b.Files)) {
		if file != Manifest {
			visit(module(file))
		}
	}
	return order
}

// loads are the modules of the package that a module imports, with or without those
// that it imports later.
func loads(name string, later bool) []string {
	var names []string
	for _, m := range imports.FindAllSubmatch(Source().Files[path.Join(Dir, name+".py")], -1) {
		switch {
		case len(m[1]) > 0 && !later:
		case len(m[2]) > 0:
			names = append(names, string(m[2]))
		default: // from . import NAME
			names = append(names, string(m[3]))
		}
	}
	return names
}

// module is the name of a file on the board as a module of the package.
func module(file string) string { return strings.TrimSuffix(path.Base(file), path.Ext(file)) }
