package main

import "github.com/espy-hil/espy/bench/measure"

func init() { register(reports) }

// reports are what the results cost: to write, and to look at.
func reports(h *house) []measure.Experiment {
	page := h.gobench.Bench("./hil/report/html", "^BenchmarkPageOf5000Runs$", "1x")
	paint := h.missing.needs(h.gobench.Bench("./hil/report/html", "^BenchmarkPeerFirstPaintOf5000Runs$", "1x"), "chromium")
	part := h.gobench.Bench("./cmd/espy", "^BenchmarkReports$", "1x")
	one := func(id, what, unit, reading, from string) measure.Figure {
		return measure.Figure{ID: "reports/" + id, What: what, Unit: unit, Better: measure.Less, Of: []measure.Series{{Who: "espy", Reading: reading, From: from}}}
	}
	return []measure.Experiment{{
		Section: "Reports", Title: "The page of 5,000 runs, and all reports of the suite",
		About:   "The page is looked at in headless Chromium. The part is of the processor time of making all bundled runs on the VM and writing JSON, its journal meanwhile, HTML, JUnit XML and Markdown of them, and the results that espy show has.",
		Sources: []measure.Source{page, paint, part},
		Figures: []measure.Figure{
			one("write", "writing the page", "s", "PageOf5000Runs s/op", page.Name),
			one("size", "its size", "MB", "PageOf5000Runs MB", page.Name),
			one("paint", "first paint", "ms", "PeerFirstPaintOf5000Runs ms-to-paint", paint.Name),
			one("ready", "built by its script, before it is painted", "ms", "PeerFirstPaintOf5000Runs ms-to-ready", paint.Name),
			one("step", "longest of 200 steps of scrolling", "ms", "PeerFirstPaintOf5000Runs ms-longest-step", paint.Name),
			one("run", "showing one run", "ms", "PeerFirstPaintOf5000Runs ms-to-run", paint.Name),
			one("part", "all reports, of the time of the suite", "%", "Reports/all %-of-run", part.Name),
			one("json", "JSON alone", "%", "Reports/json %-of-run", part.Name),
		},
	}}
}
