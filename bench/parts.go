package main

import (
	"strings"

	"github.com/espy-hil/espy/bench/measure"
)

func init() { register(parts) }

// parts are Go benchmarks of what the program is made of. make bench-go gives them, and
// all others, as benchstat reads them.
func parts(h *house) []measure.Experiment {
	e := measure.Experiment{
		Section: "Parts", Title: "Parsers, framing, comparison, reader of scenarios",
		About: "Go benchmarks; `make bench-go COUNT=10 >new.txt` gives these and all others as `benchstat old.txt new.txt` reads them.",
	}
	for _, p := range []struct{ pkg, bench, what string }{
		{"./hil/agent", "ScanFrames", "frames of one request, in what a board prints"},
		{"./fakeapi", "Framing/Get", "a request's framing: GET"},
		{"./fakeapi", "Framing/Chunked", "a request's framing: 64 chunks"},
		{"./rfc2217", "Decode", "RFC 2217: 4 KiB off the wire"},
		{"./hil/compare", "Between/Same", "comparing two runs that agree"},
		{"./hil/compare", "Between/Different", "comparing two runs that differ"},
		{"./cmd/espy", "LoadSuite", "reading and checking the bundled suite"},
		{"./fakeapi", "AServerForOneGet", "a fake server from start to end, one GET"},
		{"./hil/report/jsonfile", "TenThousandRuns/Write", "writing 10,000 runs as JSON"},
		{"./hil/report/jsonfile", "TenThousandRuns/Parse", "reading them"},
	} {
		// A slash in a pattern divides the names of a benchmark and of its parts.
		source := h.gobench.Bench(p.pkg, "^Benchmark"+strings.ReplaceAll(p.bench, "/", "$/^")+"$", "100ms")
		e.Sources = append(e.Sources, source)
		for _, f := range []struct{ id, unit, reading string }{{"time", "µs", "µs/op"}, {"allocations", "", "allocs/op"}} {
			what := p.what
			if f.id != "time" {
				what += ", allocations"
			}
			e.Figures = append(e.Figures, measure.Figure{
				ID: "part/" + p.bench + "/" + f.id, What: what, Unit: f.unit, Better: measure.Less,
				Of: []measure.Series{{Who: "espy", Reading: p.bench + " " + f.reading, From: source.Name}},
			})
		}
	}
	return []measure.Experiment{e}
}
