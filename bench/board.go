package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/espy-hil/espy/bench/measure"
	"github.com/espy-hil/espy/bench/npm"
	"github.com/espy-hil/espy/bench/source"
)

func init() { register(virtualBoard) }

const oneFile = "scenarios/tutorial/status-code.yaml"

// virtualBoard is how fast the virtual board comes to a verdict.
func virtualBoard(h *house) []measure.Experiment {
	return []measure.Experiment{h.fromPowerToVerdict(), h.scenariosPerSecond(), h.releases()}
}

func (h *house) fromPowerToVerdict() measure.Experiment {
	boot, unixBoot := h.gobench.Bench("./sim", "^BenchmarkPowerOn$", "200x"), h.onUnix(h.gobench.Bench("./sim/unix", "^BenchmarkBoot$", "50x"))
	verdict := h.gobench.Bench("./cmd/espy", "^Benchmark(RunOnAPoweredBoard|LastByteToVerdict)$", "50x")
	unixVerdict := h.onUnix(h.gobench.Bench("./cmd/espy", "^BenchmarkRunOnAPoweredUnixBoard$", "50x"))
	interrupt := h.onUnix(h.gobench.Bench("./sim/unix", "^BenchmarkInterrupt$", "1x"))
	exec1 := h.missing.needs(h.gobench.Bench("./sim/publish", "^BenchmarkPeerMpremoteExec$", "5x"), "mpremote")
	first := h.run("espy run, one scenario", 0, oneFile)
	return measure.Experiment{
		Section: "The virtual board", Title: "From power to a verdict",
		About: "One `GET /albums/1`. A fresh board is one that has not run before, in a process that has had others; a process that has had none is the whole of `espy run` of one scenario. " +
			"`mpremote exec` makes the same GET on a published virtual board that has the firmware, and judges nothing; the start of Python is a part of it.",
		Sources: []measure.Source{boot, unixBoot, interrupt, verdict, unixVerdict, exec1, first},
		Figures: []measure.Figure{
			{ID: "board/boot", What: "power to prompt", Unit: "ms", Better: measure.Less, Of: []measure.Series{
				{Who: "VM", Reading: "PowerOn ms/op", From: boot.Name},
				{Who: "unix board, 38 KiB heap", Reading: "Boot ms-median", From: unixBoot.Name},
			}},
			{ID: "board/verdict", What: "fresh board to verdict", Unit: "ms", Better: measure.Less, Of: []measure.Series{
				{Who: "VM", Reading: "RunOnAPoweredBoard ms/op", From: verdict.Name},
				{Who: "unix board", Reading: "RunOnAPoweredUnixBoard ms/op", From: unixVerdict.Name},
				{Who: "mpremote exec", Reading: "PeerMpremoteExec ms/op", From: exec1.Name},
			}},
			{ID: "board/first", What: "the whole of `espy run` for it", Unit: "s", Better: measure.Less, Of: []measure.Series{{Who: "VM", Reading: "s", From: first.Name}}},
			{ID: "board/after", What: "last byte of the reply to verdict", Unit: "ms", Better: measure.Less, Of: []measure.Series{{Who: "VM", Reading: "LastByteToVerdict ms-median", From: verdict.Name}}},
			{ID: "board/interrupt", What: "200 times Ctrl-C, the slowest", Unit: "ms", Better: measure.Less, Of: []measure.Series{{Who: "unix board, 38 KiB heap", Reading: "Interrupt ms-worst", From: interrupt.Name}}},
		},
	}
}

func (h *house) scenariosPerSecond() measure.Experiment {
	const two, one, unix, newman = "VM, 2 cores", "VM, 1 core", "unix board, 2 cores", "newman, 2 cores"
	of := func(reading string) []measure.Series {
		return []measure.Series{{Who: two, Reading: reading, From: two}, {Who: one, Reading: reading, From: one}, {Who: unix, Reading: reading, From: unix}, {Who: newman, Reading: reading, From: newman}}
	}
	return measure.Experiment{
		Section: "The virtual board", Title: "Scenarios per second",
		About: "The bundled suite without what is tagged `slow`, whole processes from start to end. newman, which runs Postman's collections, makes as many plain GETs of `espy serve`, one after the other, as it does, " +
			"each with a check of the status and one of a field of the JSON; it has no board to run, and no server to start for each. Processor time is of all processes, memory of the largest.",
		Sources: []measure.Source{
			h.run(two, 2, "-t", withoutSlow), h.run(one, 1, "-t", withoutSlow),
			h.onUnix(h.run(unix, 2, "-t", withoutSlow, "--on", "unix")), h.missing.needs(h.newman(newman), "node", "npm"),
		},
		Figures: []measure.Figure{
			{ID: "board/rate", What: "runs per second", Unit: "/s", Better: measure.More, Of: of("runs/s")},
			{ID: "board/suite", What: "all of it", Unit: "s", Better: measure.Less, Of: of("s")},
			{ID: "board/cpu", What: "processor time of it", Unit: "s", Better: measure.Less, Of: of("cpu-s")},
			{ID: "board/memory", What: "memory, the most", Unit: "MiB", Better: measure.Less, Of: of("MiB")},
		},
	}
}

func (h *house) releases() measure.Experiment {
	const slow, six, all = "all, with `slow`", "without `slow`, six releases", "all, unix board"
	return measure.Experiment{
		Section: "The virtual board", Title: "The bundled suite", Long: true,
		About: "Whole processes. The six releases are 1.24 to 1.29 of MicroPython, which are compared with each other as well.",
		Sources: []measure.Source{
			h.run(slow, 0), h.onUnix(h.run(all, 0, "--on", "unix")),
			h.run(six, 0, "-t", withoutSlow, "--on", "sim:1.24,sim:1.25,sim:1.26,sim:1.27,sim:1.28,sim:1.29"),
		},
		Figures: []measure.Figure{
			{ID: "suite/all", What: "all scenarios", Unit: "s", Better: measure.Less, Of: []measure.Series{{Who: "VM", Reading: "s", From: slow}, {Who: "unix board", Reading: "s", From: all}}},
			{ID: "suite/six", What: "six releases, without `slow`", Unit: "s", Better: measure.Less, Of: []measure.Series{{Who: "VM", Reading: "s", From: six}}},
			{ID: "suite/six-rate", What: "runs per second of that", Unit: "/s", Better: measure.More, Of: []measure.Series{{Who: "VM", Reading: "runs/s", From: six}}},
		},
	}
}

// onUnix is a source that needs the unix boards.
func (h *house) onUnix(s measure.Source) measure.Source { return h.missing.needs(s, "unix boards") }

// newman is the source that runs a collection of as many requests as the suite
// without slow has runs.
func (h *house) newman(name string) measure.Source {
	return measure.Source{Name: name, Start: func(ctx context.Context) (*measure.Probe, error) {
		dir, err := npm.Install(ctx, "newman")
		if err != nil {
			return nil, err
		}
		many, err := h.count(ctx, filepath.Join(h.dir, "results.json"), []string{"-t", withoutSlow})
		if err != nil {
			return nil, err
		}
		server, err := h.serve(ctx)
		if err != nil {
			return nil, err
		}
		file := filepath.Join(h.dir, "collection.json")
		if err := os.WriteFile(file, collection(server.URL, many), 0o644); err != nil {
			server.Stop()
			return nil, err
		}
		round := func(ctx context.Context) (measure.Readings, error) {
			cmd := on(ctx, 2, "node", filepath.Join(dir, "node_modules/newman/bin/newman.js"), "run", file, "--silent")
			r, err := source.Run(cmd)
			if err == nil {
				r["runs/s"] = float64(many) / r["s"]
			}
			return r, err
		}
		return &measure.Probe{Round: round, Stop: server.Stop}, nil
	}}
}

// collection is one of Postman's with so many requests, each of which is checked.
func collection(url string, many int) []byte {
	type m map[string]any
	var items []m
	for i := range many {
		id := i%100 + 1
		check := fmt.Sprintf("pm.test('status', () => pm.response.to.have.status(200));\npm.test('id', () => pm.expect(pm.response.json().id).to.equal(%d));", id)
		items = append(items, m{
			"name":    fmt.Sprint(i),
			"request": m{"method": "GET", "url": fmt.Sprintf("%s/albums/%d", url, id)},
			"event":   []m{{"listen": "test", "script": m{"type": "text/javascript", "exec": strings.Split(check, "\n")}}},
		})
	}
	b, _ := json.Marshal(m{
		"info": m{"name": "albums", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		"item": items,
	})
	return b
}
