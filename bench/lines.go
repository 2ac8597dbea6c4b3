package main

import "github.com/espy-hil/espy/bench/measure"

func init() { register(lines) }

// lines are how boards on serial lines are come to, on stand-ins that behave as
// hardware does.
func lines(h *house) []measure.Experiment {
	rig := h.gobench.Bench("./rig", "^Benchmark(Preflight|MissingDevice)$", "3x")
	dead := h.gobench.Bench("./rig", "^BenchmarkDeadBoard$", "1x")
	source := h.gobench.Bench("./sim/publish", "^BenchmarkUploadAt115200Baud$/^source$", "1x")
	one := func(id, what, unit string, better measure.Direction, reading, from string) measure.Figure {
		return measure.Figure{ID: "lines/" + id, What: what, Unit: unit, Better: better, Of: []measure.Series{{Who: "espy", Reading: reading, From: from}}}
	}
	return []measure.Experiment{{
		Section: "Bad lines and real boards", Title: "Boards on a serial line", Long: true,
		About: "Virtual and unix boards behind device nodes. The healthy one has a UART of 115200 baud, and its firmware is current: this is all until it could make a request. " +
			"The upload is 88 KiB of the firmware's source, again and again, with all that belongs to it; ten bits carry a byte.",
		Sources: []measure.Source{rig, dead, source},
		Figures: []measure.Figure{
			one("preflight", "a healthy board", "ms", measure.Less, "Preflight ms/op", rig.Name),
			one("missing", "a device that is not there", "ms", measure.Less, "MissingDevice ms/op", rig.Name),
			one("dead", "a dead board, until it is given up", "s", measure.Less, "DeadBoard s-worst", dead.Name),
			one("upload", "upload at 115200 baud, of the line's rate", "%", measure.More, "UploadAt115200Baud/source %line-file", source.Name),
		},
	}}
}
