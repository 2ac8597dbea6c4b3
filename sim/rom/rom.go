// Package rom holds the files that stand read-only on every virtual board: the
// modules that a port's C code supplies and the published VM lacks.
package rom

import (
	"embed"
	"io/fs"
	"path"
)

//go:embed *.py all:asyncio all:esp all:esp32 all:esp8266
var files embed.FS

// Lib is where the files stand on the board; it is on sys.path, before the modules
// that the VM has frozen: its asyncio is for web browsers.
const Lib = "/rom/lib"

// lib is where that is within the ROM.
const lib = "/lib"

// Boot is run before the REPL is there, as _boot.py is on a real board.
const Boot = "import sys\nsys.path.insert(1, '" + Lib + "')\ndel sys\nimport _boot\ndel _boot\n"

// BootChip is Boot on a board that has a chip.
const BootChip = Boot + "import _esp\ndel _esp\n"

// Files gives path and content of each file, as they are below /rom: those of every board, its packages, and
// those of some folders, which go before the others of the same name.
func Files(folders ...string) map[string][]byte {
	all := map[string][]byte{}
	for _, folder := range append([]string{".", "asyncio"}, folders...) {
		to := lib
		if folder == "asyncio" {
			to = path.Join(lib, folder)
		}
		entries, err := fs.Glob(files, path.Join(folder, "*.py"))
		if err != nil {
			panic(err) // the pattern is a constant
		}
		for _, name := range entries {
			content, err := files.ReadFile(name)
			if err != nil {
				panic(err) // embedded
			}
			all[path.Join(to, path.Base(name))] = content
		}
	}
	return all
}
