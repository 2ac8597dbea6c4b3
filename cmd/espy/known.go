package main

import (
	"github.com/espy-hil/espy/hil/ledger"
	"github.com/espy-hil/espy/scenarios"
)

// ledger opens the ledgers of accepted differences of what is to be run: the one
// that the user names, or each suite's own.
func (c *runCommand) ledger(files []*scenarios.Scenario) (*ledger.Book, error) {
	if c.Known != "" {
		one, err := scenarios.LoadLedger(c.Known)
		return ledger.New(func(string) *scenarios.Ledger { return one }), err
	}
	if len(c.Paths) == 0 {
		bundled, err := scenarios.BundledLedger()
		return ledger.New(func(string) *scenarios.Ledger { return bundled }), err
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
