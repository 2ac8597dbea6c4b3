package main

import "github.com/espy-hil/espy/bench/measure"

func init() { register(paces) }

// paces are how well the fake API keeps to a pace that it is given as a fault.
func paces(h *house) []measure.Experiment {
	bandwidth := h.gobench.Bench("./fakeapi", "^BenchmarkBandwidth$/^(50KiB|1MiB)$", "1x")
	latency := h.gobench.Bench("./fakeapi", "^BenchmarkLatency$", "20x")
	one := func(id, what, unit, reading, from string) measure.Figure {
		return measure.Figure{ID: "pace/" + id, What: what, Unit: unit, Better: measure.Less, Of: []measure.Series{{Who: "espy", Reading: reading, From: from}}}
	}
	return []measure.Experiment{{
		Section: "The fake API", Title: "Faults that pace", Long: true,
		About:   "A second of bytes with `bandwidth`: how much later than it should the last one comes; and the latest first byte of twenty with `latency` of 5 ms. As a client sees it, on this machine.",
		Sources: []measure.Source{bandwidth, latency},
		Figures: []measure.Figure{
			one("50k", "50 KiB/s, too slow by", "%", "Bandwidth/50KiB %-slowest", bandwidth.Name),
			one("1m", "1 MiB/s, too slow by", "%", "Bandwidth/1MiB %-slowest", bandwidth.Name),
			one("latency", "latency, too late by", "µs", "Latency µs-latest", latency.Name),
		},
	}}
}
