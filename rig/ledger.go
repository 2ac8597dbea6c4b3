package rig

import (
	"path/filepath"

	"github.com/espy-hil/espy/hil/ledger"
	"github.com/espy-hil/espy/scenarios"
)

// Ledger opens the ledgers of accepted differences of what is to be run: the file
// that the user names, or each suite's own.
func Ledger(named string, files []*scenarios.Scenario) (*ledger.Book, error) {
	if named != "" {
		one, err := scenarios.LoadLedger(named)
		return ledger.New(func(string) *scenarios.Ledger { return one }, allOf(files)), err
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
	return ledger.New(func(file string) *scenarios.Ledger { return own[file] }, allOf(files)), nil
}

// BundledLedger is the ledger of the suites that come with Espy. whole says that all
// of them are run.
func BundledLedger(whole bool) (*ledger.Book, error) {
	bundled, err := scenarios.BundledLedger()
	return ledger.New(func(string) *scenarios.Ledger { return bundled }, func(*scenarios.Ledger) bool { return whole }), err
}

// allOf tells whether the files are all that there are below the folder of a ledger.
func allOf(files []*scenarios.Scenario) func(*scenarios.Ledger) bool {
	run := map[string]bool{}
	for _, f := range files {
		run[absolute(f.File)] = true
	}
	return func(l *scenarios.Ledger) bool {
		suite, err := scenarios.Find([]string{filepath.Dir(l.File)})
		for _, file := range suite {
			if !run[absolute(file)] {
				return false
			}
		}
		return err == nil
	}
}

func absolute(file string) string {
	if whole, err := filepath.Abs(file); err == nil {
		return whole
	}
	return file
}
