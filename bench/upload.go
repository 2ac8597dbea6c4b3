package main

import "github.com/espy-hil/espy/bench/measure"

func init() { register(uploads) }

// uploads are how fast files come onto a published board.
func uploads(h *house) []measure.Experiment {
	fast, slow := h.gobench.Bench("./sim/publish", "^BenchmarkPeerUpload$/^(0|921600)$", "1x"), h.gobench.Bench("./sim/publish", "^BenchmarkPeerUpload$/^115200$", "1x")
	pair := func(id, what, unit, baud, metric, from string) measure.Figure {
		return measure.Figure{ID: id, What: what, Unit: unit, Better: measure.More, Of: []measure.Series{
			{Who: "espy", Reading: "PeerUpload/" + baud + " espy-" + metric, From: from},
			{Who: "mpremote fs cp", Reading: "PeerUpload/" + baud + " mpremote-" + metric, From: from},
		}}
	}
	return []measure.Experiment{{
		Section: "Published boards and uploads", Title: "Upload", Long: true,
		About: "The same bytes, which do not compress, to the same virtual board on a pty, in turns: 88 KiB. All that belongs to it is in the time: finding the raw REPL, writing, seeing that the file came whole; " +
			"of mpremote the start of Python as well. Of the line's rate, ten bits of which carry a byte, the part is told that the file's own bytes had.",
		Sources: []measure.Source{fast, slow},
		Figures: []measure.Figure{
			pair("upload/unpaced", "unpaced", "KiB/s", "0", "KiB/s", fast.Name),
			pair("upload/921600", "at 921600 baud", "KiB/s", "921600", "KiB/s", fast.Name),
			pair("upload/921600-line", "at 921600 baud, of the line's rate", "%", "921600", "%-of-line", fast.Name),
			pair("upload/115200", "at 115200 baud", "KiB/s", "115200", "KiB/s", slow.Name),
			pair("upload/115200-line", "at 115200 baud, of the line's rate", "%", "115200", "%-of-line", slow.Name),
		},
	}}
}
