package main

import (
	"path/filepath"

	"github.com/espy-hil/espy/bench/measure"
)

func init() { register(clients) }

// clients are what a request costs on a board: ours, the stock client, and a user's.
func clients(h *house) []measure.Experiment {
	return []measure.Experiment{h.clientSpeed(), h.clientHeap(), h.frozenHeap(), h.virtualHeap()}
}

const (
	ourClient   = "espy.requests"
	ourSession  = "espy.requests, a Session"
	stockClient = "requests 0.10"
	noClient    = "no client"
)

// A party is a client, and how the benchmarks call it.
type party struct{ who, called string }

// besides are the parties of a figure, with the user's client where there is one.
func (h *house) besides(all ...party) []party {
	if h.client != "" {
		all = append(all, party{"yours, " + filepath.Base(h.client), "yours"})
	}
	return all
}

func (h *house) clientSpeed() measure.Experiment {
	vm := h.onUnix(h.gobench.Bench("./firmware", "^BenchmarkPeerSpeed$", "3x"))
	unix := h.onUnix(h.gobench.Bench("./firmware", "^BenchmarkPeerUnixSpeed$", "3x"))
	frozen := h.onUnix(h.gobench.Bench("./firmware", "^BenchmarkPeerFrozenSpeed$", "3x"))
	speed := func(id, what string, from measure.Source, benchmark string, parties []party) measure.Figure {
		f := measure.Figure{ID: id, What: what, Unit: "/s", Better: measure.More}
		for _, p := range parties {
			f.Of = append(f.Of, measure.Series{Who: p.who, Reading: benchmark + " " + p.called + "-requests/s", From: from.Name})
		}
		return f
	}
	return measure.Experiment{
		Section: "The client", Title: "Requests per second",
		About: "1 KiB of JSON under eight header fields, `.json()` and `.close()`, ten in a row on the VM, three hundred on the unix port, the clients in turns; “no client” is a socket, the same bytes and `json.loads`, faster than which none can be; requests 0.10 is micropython-lib's, which Debian's package of MicroPython " +
			"freezes. On the unix port the heap has 38 KiB, as an ESP8266 has, and collects when it grows by 8 KiB; ours is on its flash as .mpy, and in the rows called frozen it is in the program, as the stock client always is. `make bench CLIENT=file.py` puts another client beside them.",
		Sources: []measure.Source{vm, unix, frozen},
		Figures: []measure.Figure{
			speed("client/speed", "on the VM", vm, "PeerSpeed", h.besides(party{ourClient, "espy"}, party{stockClient, "stock"}, party{noClient, "bare"})),
			speed("client/session", "on the VM, connection kept", vm, "PeerSpeed", h.besides(party{ourSession, "espy-session"}, party{stockClient, "stock"})),
			speed("client/unix", "on the 32-bit unix port", unix, "PeerUnixSpeed", h.besides(party{ourClient, "espy"}, party{stockClient, "stock-frozen"})),
			speed("client/unix-session", "on it, connection kept", unix, "PeerUnixSpeed", h.besides(party{ourSession, "session"}, party{stockClient, "stock-frozen"})),
			speed("client/frozen", "on it, frozen", frozen, "PeerFrozenSpeed", []party{{ourClient, "espy"}, {stockClient, "stock"}}),
			speed("client/frozen-session", "on it, frozen, connection kept", frozen, "PeerFrozenSpeed", []party{{ourSession, "session"}, {stockClient, "stock"}}),
		},
	}
}

// heapFigures are what the heap benchmarks give of some parties, in an order.
type heapFigures struct {
	prefix, benchmark string
	parties           []party
	sources           map[string]string // by what a party is called; none: there is one
}

func (f heapFigures) figure(id, what, metric string) measure.Figure {
	all := measure.Figure{ID: f.prefix + id, What: what, Unit: "B", Better: measure.Less}
	for _, p := range f.parties {
		all.Of = append(all.Of, measure.Series{Who: p.who, Reading: f.benchmark + "/" + p.called + " " + metric, From: f.sources[p.called]})
	}
	return all
}

// allocated are what requests and bodies allocate.
func (f heapFigures) allocated() []measure.Figure {
	return []measure.Figure{
		f.figure("get", "allocated by a GET of 1 KiB of JSON, beyond the body", "B-per-GET"),
		f.figure("1k", "allocated by `.content` of 1 KiB", "B-content-1K"),
		f.figure("8k", "allocated by `.content` of 8 KiB", "B-content-8K"),
		f.figure("64k", "allocated by `.content` of 64 KiB", "B-content-64K"),
	}
}

// smallest are the heaps in which exchanges work.
func (f heapFigures) smallest() []measure.Figure {
	return []measure.Figure{
		f.figure("least-json", "smallest heap: `.json()` of 1 KiB", "B-smallest-json"),
		f.figure("least-1k", "smallest heap: `.content` of 1 KiB", "B-smallest-1k"),
		f.figure("least-8k", "smallest heap: `.content` of 8 KiB", "B-smallest-8k"),
		f.figure("least-pieces", "smallest heap: 64 KiB in pieces", "B-smallest-pieces"),
		f.figure("least-post", "smallest heap: POST of JSON", "B-smallest-post"),
		f.figure("least-404", "smallest heap: a 404", "B-smallest-404"),
		f.figure("least-auth", "smallest heap: Basic authentication", "B-smallest-auth"),
		f.figure("least-redirect", "smallest heap: two redirects", "B-smallest-redirect"),
	}
}

// join is some figures, one after the other.
func join(first []measure.Figure, more ...[]measure.Figure) []measure.Figure {
	for _, m := range more {
		first = append(first, m...)
	}
	return first
}

func (h *house) clientHeap() measure.Experiment {
	f := heapFigures{prefix: "client/", benchmark: "PeerHeap", parties: h.besides(party{ourClient, "espy"}, party{stockClient, "stock-flash"})}
	return measure.Experiment{
		Section: "The client", Title: "Heap",
		About: "On the 32-bit unix port, without an agent, as a program's own `main.py` would have it, the clients on the flash. The smallest heap is found by trying, " +
			"a quarter of a KiB at a time; an exchange that a client cannot do says what it raised. Where `.content` allocates nothing, the body was read with the request.",
		Sources: []measure.Source{h.onUnix(h.gobench.Bench("./firmware", "^BenchmarkPeerHeap$/^(espy|stock-flash|yours)$", "1x"))},
		Figures: join([]measure.Figure{
			f.figure("import-mpy", "kept by the import, .mpy", "B-imported-mpy"),
			f.figure("import-py", "kept by the import, .py", "B-imported-py"),
		}, f.allocated(), f.smallest()),
	}
}

func (h *house) frozenHeap() measure.Experiment {
	ours := h.onUnix(h.gobench.Bench("./firmware", "^BenchmarkPeerHeap$/^espy-frozen$", "1x"))
	stock := h.onUnix(h.gobench.Bench("./firmware", "^BenchmarkPeerHeap$/^stock-frozen$", "1x"))
	f := heapFigures{
		prefix: "frozen/", benchmark: "PeerHeap", parties: []party{{ourClient, "espy-frozen"}, {stockClient, "stock-frozen"}},
		sources: map[string]string{"espy-frozen": ours.Name, "stock-frozen": stock.Name},
	}
	return measure.Experiment{
		Section: "The client", Title: "Heap, where the client is frozen",
		About:   "The same with each client frozen into the interpreter, where its code costs no heap: ours by its `manifest.py`, the stock client as Debian's package has it. What requests and bodies allocate is the same as above.",
		Sources: []measure.Source{ours, stock},
		Figures: join([]measure.Figure{f.figure("import", "kept by the import", "B-imported-mpy")}, f.smallest()),
	}
}

func (h *house) virtualHeap() measure.Experiment {
	f := heapFigures{prefix: "virtual/", benchmark: "PeerVirtualHeap", parties: h.besides(party{ourClient, "espy"}, party{stockClient, "stock"})}
	return measure.Experiment{
		Section: "The client", Title: "Heap, on the VM",
		About:   "On MicroPython 1.29 in the VM, whose heap grows as it is needed: there is no smallest.",
		Sources: []measure.Source{h.onUnix(h.gobench.Bench("./firmware", "^BenchmarkPeerVirtualHeap$", "1x"))},
		Figures: join([]measure.Figure{
			f.figure("import-mpy", "kept by the import, .mpy", "B-imported-mpy"),
			f.figure("import-py", "kept by the import, .py", "B-imported-py"),
		}, f.allocated()),
	}
}
