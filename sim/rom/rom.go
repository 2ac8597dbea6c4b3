// Package rom holds the files that stand read-only on every virtual board: the
// modules that a port's C code supplies and the published VM lacks.
package rom

import (
	"embed"
	"io/fs"
)

//go:embed *.py
var files embed.FS

// Lib is where the files stand on the board; it is on sys.path.
const Lib = "/rom/lib"

// Boot is run before the REPL is there, as _boot.py is on a real board.
const Boot = "import sys\nsys.path.append('" + Lib + "')\ndel sys\nimport _boot\ndel _boot\n"

// Files gives path and content of each file.
func Files() map[string][]byte {
	entries, err := fs.Glob(files, "*.py")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	all := map[string][]byte{}
	for _, name := range entries {
		content, err := files.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		all[Lib+"/"+name] = content
	}
	return all
}
