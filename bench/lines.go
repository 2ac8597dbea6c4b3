package main

import "github.com/espy-hil/espy/bench/measure"

func init() { register(lines) }

// lines are how boards on serial lines are come to, on stand-ins that behave as
// hardware does.
func lines(h *house) []measure.Experiment {
	rig := h.gobench.Bench("./rig", "^Benchmark(Preflight|MissingDevice)$", "3x")
	dead := h.gobench.Bench("./rig", "^BenchmarkDeadBoard$", "1x")
	one := func(id, what, unit, reading, from string) measure.Figure {
		return measure.Figure{ID: "lines/" + id, What: what, Unit: unit, Better: measure.Less, Of: []measure.Series{{Who: "espy", Reading: reading, From: from}}}
	}
	return []measure.Experiment{{
		Section: "Bad lines and real boards", Title: "Boards on a serial line", Long: true,
		About:   "Virtual boards behind device nodes. The healthy one has a UART of 115200 baud, and its firmware is current: this is all until it could make a request. The dead one hears everything and says nothing.",
		Sources: []measure.Source{rig, dead},
		Figures: []measure.Figure{
			one("preflight", "a healthy board", "ms", "Preflight ms/op", rig.Name),
			one("missing", "a device that is not there", "ms", "MissingDevice ms/op", rig.Name),
			one("dead", "a dead board, until it is given up", "s", "DeadBoard s-worst", dead.Name),
		},
	}}
}
