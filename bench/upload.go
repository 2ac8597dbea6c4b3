package main

import "github.com/espy-hil/espy/bench/measure"

func init() { register(uploads) }

// uploads are how fast files come onto a published board.
func uploads(h *house) []measure.Experiment {
	fast := h.gobench.Bench("./sim/publish", "^BenchmarkPeerUpload$/^(source-0|noise-0|source-921600)$", "1x")
	slow := h.gobench.Bench("./sim/publish", "^BenchmarkPeerUpload$/^source-115200$", "1x")
	pair := func(id, what, unit, called, metric, from string) measure.Figure {
		return measure.Figure{ID: "upload/" + id, What: what, Unit: unit, Better: measure.More, Of: []measure.Series{
			{Who: "espy", Reading: "PeerUpload/" + called + " espy-" + metric, From: from},
			{Who: "mpremote fs cp", Reading: "PeerUpload/" + called + " mpremote-" + metric, From: from, Cannot: h.missing.why("mpremote")},
		}}
	}
	return []measure.Experiment{{
		Section: "Published boards and uploads", Title: "Upload", Long: true,
		About: "The same 88 KiB to the same virtual board on a pty, in turns: MicroPython source, as firmware is, and bytes that do not compress. All that belongs to it is in the time: finding the raw REPL, writing, seeing that the file came whole; " +
			"of mpremote the start of Python as well. Of the line's rate, ten bits of which carry a byte, the part is told that the file's own bytes had. mpremote looks for an answer every 10 ms, a quarter of a KiB at a time: on a slow line it waits no longer than the line does.",
		Sources: []measure.Source{fast, slow},
		Figures: []measure.Figure{
			pair("unpaced", "source, unpaced", "KiB/s", "source-0", "KiB/s", fast.Name),
			pair("noise", "noise, unpaced", "KiB/s", "noise-0", "KiB/s", fast.Name),
			pair("921600", "source at 921600 baud", "KiB/s", "source-921600", "KiB/s", fast.Name),
			pair("921600-line", "source at 921600 baud, of the line's rate", "%", "source-921600", "%-of-line", fast.Name),
			pair("115200", "source at 115200 baud", "KiB/s", "source-115200", "KiB/s", slow.Name),
			pair("115200-line", "source at 115200 baud, of the line's rate", "%", "source-115200", "%-of-line", slow.Name),
		},
	}}
}
