package main

import (
	"slices"

	"github.com/espy-hil/espy/bench/measure"
)

// sections is the order of the document.
var sections = []string{
	"The virtual board",
	"Published boards and uploads",
	"The client",
	"The fake API",
	"The harness",
	"Bad lines and real boards",
	"Reports",
	"Growth",
	"Parts",
}

// registered are the makers of experiments.
var registered []func(*house) []measure.Experiment

// register is called by each file that has experiments, in its init.
func register(make func(*house) []measure.Experiment) { registered = append(registered, make) }

// experiments are all that there are, in the order of the document.
func (h *house) experiments() (all []measure.Experiment) {
	for _, make := range registered {
		all = append(all, make(h)...)
	}
	slices.SortStableFunc(all, func(a, b measure.Experiment) int {
		return slices.Index(sections, a.Section) - slices.Index(sections, b.Section)
	})
	return all
}
