package terminal

import (
	"fmt"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// A grid is how far the scenarios have come on the boards.
type grid struct {
	columns []column
	names   []string // of the columns, as a person knows them
	most    []int    // by column: how many runs a cell has at most
	rows    []*row
	byRow   map[rowKey]*row
}

// A column is a board with a client.
type column struct{ board, client string }

// rowKey tells scenarios apart: two files may give the same name.
type rowKey struct{ file, scenario string }

// A row is a scenario, with a cell for each column.
type row struct {
	name    string
	cells   []cell
	at      int // its place among the rows
	begun   bool
	written bool
}

// A cell is the runs of a scenario on a board.
type cell struct {
	planned, done int
	verdicts      result.Totals
}

// plan makes the grid of the runs to come.
func plan(runs []*result.Run) grid {
	g := grid{byRow: map[rowKey]*row{}}
	at := map[column]int{}
	for _, r := range runs {
		c := column{r.Board, r.Client}
		if _, known := at[c]; !known {
			at[c] = len(g.columns)
			g.columns = append(g.columns, c)
		}
	}
	g.names, g.most = names(g.columns), make([]int, len(g.columns))
	for _, r := range runs {
		key := rowKey{r.File, r.Scenario}
		if g.byRow[key] == nil {
			g.byRow[key] = &row{name: plain.Printable(r.Scenario), cells: make([]cell, len(g.columns)), at: len(g.rows)}
			g.rows = append(g.rows, g.byRow[key])
		}
		i := at[column{r.Board, r.Client}]
		c := &g.byRow[key].cells[i]
		c.planned++
		g.most[i] = max(g.most[i], c.planned)
	}
	return g
}

// of is the row of a run, and its cell there; nil for one that was not planned.
func (g *grid) of(r *result.Run) (*row, *cell) {
	in := g.byRow[rowKey{r.File, r.Scenario}]
	if in == nil {
		return nil, nil
	}
	for i, c := range g.columns {
		if c == (column{r.Board, r.Client}) {
			return in, &in.cells[i]
		}
	}
	return nil, nil
}

// full tells whether nothing more is to come in a row.
func (r *row) full() bool {
	for i := range r.cells {
		if r.cells[i].done < r.cells[i].planned {
			return false
		}
	}
	return true
}

// names are columns as a person knows them: the client is told where it is not the
// same in all, or not the usual one.
func names(columns []column) []string {
	several := false
	for _, c := range columns {
		several = several || c.client != columns[0].client
	}
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = plain.Printable(c.board)
		if several || c.client != usualClient && c.client != "" {
			all[i] += " " + plain.Printable(c.client)
		}
	}
	return all
}

// bySeverity are the verdicts, that of which a cell must tell first.
var bySeverity = []result.Verdict{result.Fail, result.Diverged, result.Flaky, result.Rig, result.Known, result.Skip, result.Pass}

// worst is the verdict that a cell shows, and how many of its runs have it; empty if
// none is done.
func (c *cell) worst() (result.Verdict, int) {
	for _, v := range bySeverity {
		if n := c.verdicts.Of(v); n > 0 {
			return v, n
		}
	}
	return "", 0
}

// words is a cell in words: pass, 5 pass, 2/5 fail; with an ellipsis while more is to
// come: 3/5… fail, or 3/5… where that is too wide.
func (c *cell) words(room int) string {
	v, n := c.worst()
	switch {
	case c.planned == 0:
		return ""
	case c.done < c.planned:
		s := fmt.Sprintf("%d/%d…", c.done, c.planned)
		if all := s + " " + string(v); v != "" && v != result.Pass && plain.Columns(all) <= room {
			return all
		}
		return s
	case c.planned == 1:
		return string(v)
	case n == c.planned:
		return fmt.Sprintf("%d %s", n, v)
	default:
		return fmt.Sprintf("%d/%d %s", n, c.planned, v)
	}
}

// marks are the verdicts where there is room for one character.
var marks = map[result.Verdict]string{
	result.Pass: ".", result.Fail: "F", result.Diverged: "D", result.Flaky: "~", result.Rig: "R", result.Known: "k", result.Skip: "s",
}

// mark is a cell in one character.
func (c *cell) mark() string {
	v, _ := c.worst()
	switch {
	case c.planned == 0:
		return " "
	case c.done < c.planned && (v == "" || v == result.Pass):
		return "…"
	default:
		return marks[v]
	}
}
