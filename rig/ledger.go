package rig

import (
	"github.com/espy-hil/espy/hil/ledger"
	"github.com/espy-hil/espy/scenarios"
)

// Ledger opens the ledgers of accepted differences of what is to be run: the file
// that the user names, or each suite's own. bundled says that the files are those
// that come with Espy.
func Ledger(named string, bundled bool, files []*scenarios.Scenario) (*ledger.Book, error) {
	if named != "" || bundled {
		load := scenarios.BundledLedger
		if named != "" {
			load = func() (*scenarios.Ledger, error) { return scenarios.LoadLedger(named) }
		}
		one, err := load()
		return ledger.New(func(string) *scenarios.Ledger { return one }), err
	}
	loaded := map[string]*scenarios.Ledger{} // by its path
	own := map[string]*scenarios.Ledger{}    // by the scenario's file
	for _, f := range files {
		path := scenarios.FindLedger(f.File)
		if path == "" {
			continue
		}
		if loaded[path] == nil {
			l, err := scenarios.LoadLedger(path)
			if err != nil {
				return nil, err
			}
			loaded[path] = l
		}
		own[f.File] = loaded[path]
	}
	return ledger.New(func(file string) *scenarios.Ledger { return own[file] }), nil
}
