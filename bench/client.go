package main

import "github.com/espy-hil/espy/bench/measure"

func init() { register(clients) }

// clients are what a request costs on a board: ours, the stock client, and a user's.
func clients(h *house) []measure.Experiment {
	return []measure.Experiment{h.clientSpeed(), h.clientHeap()}
}

const (
	ourClient    = "espy.requests"
	stockClient  = "requests 0.10"
	noClient     = "no client"
	yourClient   = "yours"
	frozenClient = "requests 0.10, frozen"
	flashClient  = "requests 0.10, from flash"
)

func (h *house) clientSpeed() measure.Experiment {
	vm, unix := h.gobench.Bench("./firmware", "^BenchmarkPeerSpeed$", "3x"), h.gobench.Bench("./firmware", "^BenchmarkPeerUnixSpeed$", "3x")
	const session = "espy.requests, a Session"
	of := func(names map[string]string, who ...string) (all []measure.Series) {
		for _, w := range who {
			all = append(all, measure.Series{Who: w, Reading: names[w]})
		}
		return h.alsoYours(all, measure.Series{Who: yourClient, Reading: names[yourClient]})
	}
	from := func(source measure.Source, all []measure.Series) []measure.Series {
		for i := range all {
			all[i].From = source.Name
		}
		return all
	}
	onVM := map[string]string{ourClient: "PeerSpeed espy-requests/s", session: "PeerSpeed espy-session-requests/s", noClient: "PeerSpeed bare-requests/s", stockClient: "PeerSpeed stock-requests/s", yourClient: "PeerSpeed yours-requests/s"}
	onUnix := map[string]string{ourClient: "PeerUnixSpeed espy-requests/s", session: "PeerUnixSpeed session-requests/s", stockClient: "PeerUnixSpeed stock-frozen-requests/s", yourClient: "PeerUnixSpeed yours-requests/s"}
	speed := func(id, what string, source measure.Source, series []measure.Series) measure.Figure {
		return measure.Figure{ID: id, What: what, Unit: "/s", Better: measure.More, Of: from(source, series)}
	}
	return measure.Experiment{
		Section: "The client", Title: "Requests per second",
		About: "1 KiB of JSON under eight header fields, `.json()` and `.close()`, ten in a row on the VM, one hundred on the unix port, the clients in turns; “no client” is a socket, the same bytes and `json.loads`, faster than which none can be; requests 0.10 is micropython-lib's, which Debian's package of MicroPython " +
			"freezes. On the unix port the heap has 38 KiB, as an ESP8266 has, and collects when it grows by 8 KiB. `make bench CLIENT=file.py` puts another client beside them.",
		Sources: []measure.Source{vm, unix},
		Figures: []measure.Figure{
			speed("client/speed", "on the VM", vm, of(onVM, ourClient, stockClient, noClient)),
			speed("client/session", "on the VM, connection kept", vm, of(onVM, session, stockClient)),
			speed("client/unix", "on the 32-bit unix port", unix, of(onUnix, ourClient, stockClient)),
			speed("client/unix-session", "on it, connection kept", unix, of(onUnix, session, stockClient)),
		},
	}
}

// alsoYours adds the user's client where there is one.
func (h *house) alsoYours(all []measure.Series, yours measure.Series) []measure.Series {
	if h.client != "" {
		all = append(all, yours)
	}
	return all
}

func (h *house) clientHeap() measure.Experiment {
	heap := h.gobench.Bench("./firmware", "^BenchmarkPeerHeap$", "1x")
	const cannot = "it cannot do this"
	figure := func(id, what, metric string) measure.Figure {
		f := measure.Figure{ID: id, What: what, Unit: "B", Better: measure.Less, Of: []measure.Series{{Who: ourClient, Reading: "PeerHeap/espy " + metric}}}
		f.Of = append(f.Of, measure.Series{Who: flashClient, Reading: "PeerHeap/stock-flash " + metric, Cannot: cannot}, measure.Series{Who: frozenClient, Reading: "PeerHeap/stock-frozen " + metric, Cannot: cannot})
		f.Of = h.alsoYours(f.Of, measure.Series{Who: yourClient, Reading: "PeerHeap/yours " + metric, Cannot: cannot})
		return f
	}
	return measure.Experiment{
		Section: "The client", Title: "Heap",
		About: "On the 32-bit unix port, without an agent, as a program's own `main.py` would have it. The stock client stands once on the flash, as ours does, and once frozen into the interpreter, " +
			"where its code costs no heap. The smallest heap is found by trying, a quarter of a KiB at a time; an exchange that a client cannot do has no figure.",
		Sources: []measure.Source{heap},
		Figures: []measure.Figure{
			figure("client/import-mpy", "kept by the import, .mpy", "B-imported-mpy"),
			figure("client/import-py", "kept by the import, .py", "B-imported-py"),
			figure("client/get", "allocated by a GET of 1 KiB of JSON, beyond the body", "B-per-GET"),
			figure("client/1k", "allocated by `.content` of 1 KiB", "B-content-1K"),
			figure("client/8k", "allocated by `.content` of 8 KiB", "B-content-8K"),
			figure("client/64k", "allocated by `.content` of 64 KiB", "B-content-64K"),
			figure("client/least-json", "smallest heap: `.json()` of 1 KiB", "B-smallest-json"),
			figure("client/least-1k", "smallest heap: `.content` of 1 KiB", "B-smallest-1k"),
			figure("client/least-8k", "smallest heap: `.content` of 8 KiB", "B-smallest-8k"),
			figure("client/least-pieces", "smallest heap: 64 KiB in pieces", "B-smallest-pieces"),
			figure("client/least-post", "smallest heap: POST of JSON", "B-smallest-post"),
			figure("client/least-404", "smallest heap: a 404", "B-smallest-404"),
			figure("client/least-auth", "smallest heap: Basic authentication", "B-smallest-auth"),
			figure("client/least-redirect", "smallest heap: two redirects", "B-smallest-redirect"),
		},
	}
}
