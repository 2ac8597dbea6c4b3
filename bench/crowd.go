package main

import "github.com/espy-hil/espy/bench/measure"

func init() { register(crowd) }

// crowd is what many virtual boards take, and what becomes of one that hangs.
func crowd(h *house) []measure.Experiment {
	many := h.gobench.Bench("./sim", "^BenchmarkAThousandBoards$", "1x")
	hung := h.gobench.Bench("./sim", "^BenchmarkAHungBoardIsReset$", "20x")
	figure := func(id, what, unit, reading, from string) measure.Figure {
		return measure.Figure{ID: id, What: what, Unit: unit, Better: measure.Less, Of: []measure.Series{{Who: "VM", Reading: reading, From: from}}}
	}
	return []measure.Experiment{
		{
			Section: "The virtual board", Title: "A thousand boards",
			About: "In one process: each is powered, taken to where the client has been imported, and makes a `GET` of a server of its own, all at once. " +
				"What is resident is that of the whole process, servers included, with every board alive: right after the last answer, and 0.1 s later, when the boards have come to rest. Pages that boards share count for each.",
			Sources: []measure.Source{many},
			Figures: []measure.Figure{
				figure("crowd/gets", "a thousand GETs", "s", "AThousandBoards s/GETs", many.Name),
				figure("crowd/memory", "resident, at rest", "MB", "AThousandBoards MB-resident", many.Name),
				figure("crowd/memory-at-once", "resident, right after the GETs", "MB", "AThousandBoards MB-at-once", many.Name),
				figure("crowd/power", "powering them", "s", "AThousandBoards s/power-on", many.Name),
			},
		},
		{
			Section: "The virtual board", Title: "A board that hangs",
			About:   "`while True: pass`, a deadline of 50 ms, a reset: how much later than the deadline the board is at its prompt again, the worst of twenty.",
			Sources: []measure.Source{hung},
			Figures: []measure.Figure{figure("board/hung", "deadline to prompt", "ms", "AHungBoardIsReset worst-ms-late", hung.Name)},
		},
	}
}
