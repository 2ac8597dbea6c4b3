package main

import (
	"context"
	"os/exec"
	"time"

	"github.com/espy-hil/espy/bench/measure"
	"github.com/espy-hil/espy/bench/source"
)

// What the memory is watched over.
const (
	million    = 1_000_000
	tenMillion = 10 * million
)

const aboutMemory = "with the admin page on, and so with what was on the wire remembered, as far as it may. The memory is looked at every second; that of a fifth is the most in it: what the collector leaves lying differs from second to second."

// memory is what a server holds after a million requests, a new server each round.
func (h *house) memory() measure.Experiment {
	s := h.missing.needs(measure.Source{Name: "espy serve --admin", Start: func(context.Context) (*measure.Probe, error) {
		return &measure.Probe{Round: func(ctx context.Context) (measure.Readings, error) { return h.remembers(ctx, million) }}, nil
	}}, "wrk")
	return measure.Experiment{
		Section: "The fake API", Title: "Memory after a million requests",
		About:   "A new `espy serve` each round, " + aboutMemory + "",
		Sources: []measure.Source{s},
		Figures: []measure.Figure{
			ofServe("serve/million", "after a million requests", "MiB", "last"),
			ofServe("serve/million-first", "after the first second", "MiB", "first"),
			ofServe("serve/million-flat", "last fifth to the second", measure.Times, "growth"),
		},
	}
}

// memoryForLong is the same over ten million, which -long has.
func (h *house) memoryForLong() measure.Experiment {
	s := h.missing.needs(measure.Source{Name: "espy serve --admin, ten million", Start: func(context.Context) (*measure.Probe, error) {
		return &measure.Probe{Round: func(ctx context.Context) (measure.Readings, error) { return h.remembers(ctx, tenMillion) }}, nil
	}}, "wrk")
	return measure.Experiment{
		Section: "The fake API", Title: "Memory over ten million requests", Rounds: 1, Longest: true,
		About:   "One server, and one round, " + aboutMemory,
		Sources: []measure.Source{s},
		Figures: []measure.Figure{
			ofServe("serve/second", "in the second fifth", "MiB", "second fifth"),
			ofServe("serve/last", "in the last fifth", "MiB", "last fifth"),
			ofServe("serve/flat", "last fifth of ten million to the second", measure.Times, "growth"),
		},
	}
}

func ofServe(id, what, unit, reading string) measure.Figure {
	return measure.Figure{ID: id, What: what, Unit: unit, Better: measure.Less, Of: []measure.Series{{Who: "espy serve", Reading: reading, Cannot: tooFast}}}
}

// tooFast is why there may be no growth: what the second fifth took was no second.
const tooFast = "a fifth of the requests takes less than a second here"

// remembers asks a new server so many times, and looks at its memory every second.
func (h *house) remembers(ctx context.Context, many int) (measure.Readings, error) {
	s, err := source.Serve(exec.CommandContext(context.WithoutCancel(ctx), h.espy, "serve", "--addr", "127.0.0.1:0", "--quiet", "--admin", "127.0.0.1:0"))
	if err != nil {
		return nil, err
	}
	defer s.Stop()
	var most [5]int
	r := measure.Readings{}
	for done := 0; done < many; {
		asked, err := source.Wrk(ctx, s.URL+album, time.Second)
		if err != nil {
			return nil, err
		}
		held, err := s.Memory()
		if err != nil {
			return nil, err
		}
		fifth := min(done*5/many, 4)
		most[fifth] = max(most[fifth], held)
		if done == 0 {
			r["first"] = mebi(held)
		}
		r["last"] = mebi(held)
		done += int(asked["requests"])
	}
	r["second fifth"], r["last fifth"] = mebi(most[1]), mebi(most[4])
	if most[1] > 0 && most[4] > 0 {
		r["growth"] = float64(most[4]) / float64(most[1])
	}
	return r, nil
}

func mebi(bytes int) float64 { return float64(bytes) / (1 << 20) }
