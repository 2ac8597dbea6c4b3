package html

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// An index is what the grid needs of every run. Words that recur stand in lists, and
// are named by their places there.
type index struct {
	Started   string                      `json:"started"`
	Verdicts  []result.Verdict            `json:"verdicts"`
	Symbols   []string                    `json:"symbols"`
	Origins   map[result.Origin][2]string `json:"origins"` // what they say: from the file, from another board
	Boards    []string                    `json:"boards"`
	Clients   []string                    `json:"clients"`
	Tags      []string                    `json:"tags"`
	Scenarios []scenario                  `json:"scenarios"`
	Rows      []row                       `json:"rows"`
	Runs      []entry                     `json:"runs"`  // in the order of the report
	Block     int                         `json:"block"` // runs in a block
}

type scenario struct {
	Name  string `json:"name"`
	File  string `json:"file"`
	About string `json:"about,omitempty"`
	Tags  []int  `json:"tags"`
}

// A row of the grid is a scenario in a variant, with a client, in a version.
type row struct {
	Scenario int    `json:"s"`
	Variant  string `json:"v,omitempty"`
	Client   int    `json:"c"`
	Version  string `json:"h,omitempty"`
	Runs     []int  `json:"r"` // on all boards, all repeats
}

// An entry is a run.
type entry struct {
	ID        string  `json:"id"`
	Verdict   int     `json:"v"`
	Board     int     `json:"b"`
	Repeat    int     `json:"n,omitempty"` // from the second on
	MS        float64 `json:"ms,omitempty"`
	Allocated int64   `json:"a,omitempty"`
	Why       string  `json:"w,omitempty"` // the first difference, or why it came to nothing
	Since     string  `json:"since,omitempty"`
	Mended    bool    `json:"mended,omitempty"`
	Pcap      string  `json:"pcap,omitempty"` // from the page's folder
}

// words numbers what recurs.
type words[T comparable] struct {
	at  map[T]int
	all []T
}

func (w *words[T]) place(one T) int {
	if i, ok := w.at[one]; ok {
		return i
	}
	if w.at == nil {
		w.at = map[T]int{}
	}
	w.at[one] = len(w.all)
	w.all = append(w.all, one)
	return len(w.all) - 1
}

func indexOf(r *result.Report, folder string) *index {
	x := &index{Started: short(r.Started), Verdicts: result.Verdicts, Block: perBlock, Origins: plain.Origins, Rows: []row{}, Scenarios: []scenario{}, Runs: []entry{}}
	for _, v := range result.Verdicts {
		x.Symbols = append(x.Symbols, symbols[v])
	}
	type place struct{ name, file string }
	var boards, clients, tags words[string]
	var scenarios words[place]
	var rows words[rowKey]
	for i := range r.Boards {
		boards.place(r.Boards[i].Name)
	}
	ids := identities(r.Runs)
	for i := range r.Runs {
		run := &r.Runs[i]
		s := scenarios.place(place{run.Scenario, run.File})
		if s == len(x.Scenarios) {
			one := scenario{Name: short(run.Scenario), File: short(run.File), About: short(run.About), Tags: []int{}}
			for _, t := range run.Tags[:min(len(run.Tags), mostItems)] {
				one.Tags = append(one.Tags, tags.place(short(t)))
			}
			x.Scenarios = append(x.Scenarios, one)
		}
		key := rowKey{s, clients.place(run.Client), run.Variant, run.HTTPVersion}
		at := rows.place(key)
		if at == len(x.Rows) {
			x.Rows = append(x.Rows, row{Scenario: s, Variant: short(run.Variant), Client: key.client, Version: short(run.HTTPVersion)})
		}
		x.Rows[at].Runs = append(x.Rows[at].Runs, i)
		e := entry{
			ID: ids[i], Verdict: slices.Index(result.Verdicts, run.Verdict), Board: boards.place(run.Board),
			MS: math.Round(run.TimingMS["run"]*10) / 10, Allocated: run.Memory["allocated"], Why: why(run), Mended: run.Mended, Pcap: beside(folder, short(run.Pcap)),
		}
		if run.Since != "" {
			e.Since = short(run.Since)
		}
		if run.Repeat > 1 {
			e.Repeat = run.Repeat
		}
		x.Runs = append(x.Runs, e)
	}
	x.Boards, x.Clients, x.Tags = named(boards.all), named(clients.all), list(tags.all)
	return x
}

// rowKey tells rows apart.
type rowKey struct {
	scenario, client int
	variant, version string
}

func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

func short(s string) string { return head(s, longestText) }

// named are names that told things apart, short.
func named(all []string) []string {
	shorter := make([]string, len(all))
	for i, name := range all {
		shorter[i] = short(name)
	}
	return shorter
}

const longestWhy = 200 // characters

// why says in a line what is to be said of a run that did not pass.
func why(r *result.Run) string {
	s := r.SkipReason
	if len(r.Diffs) > 0 {
		d := &r.Diffs[0]
		s = short(d.Field) + ": want " + plain.Fit(short(d.Want), longestWhy/2) + ", got " + plain.Fit(short(d.Got), longestWhy)
		if r.Verdict == result.Rig {
			s = d.Got
		}
	}
	return plain.Fit(short(s), longestWhy)
}

// beside is the way from a folder to a file; none where there is none, to another disk.
// It begins with a dot: whatever it is called, it is no address of somewhere else.
func beside(folder, path string) string {
	if path == "" {
		return ""
	}
	from, err := filepath.Abs(folder)
	if err != nil {
		return ""
	}
	to, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	way, err := filepath.Rel(from, to)
	if err != nil {
		return ""
	}
	return "./" + filepath.ToSlash(way)
}

// identities are the IDs of runs, each once: of runs that are named alike, the later
// have a number behind it.
func identities(runs []result.Run) []string {
	seen := map[string]int{}
	all := make([]string, len(runs))
	for i := range runs {
		id := runs[i].ID()
		seen[id]++
		if n := seen[id]; n > 1 {
			id = fmt.Sprintf("%s-%d", id, n)
		}
		all[i] = id
	}
	return all
}
