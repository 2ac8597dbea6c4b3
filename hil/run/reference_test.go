package run_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
)

func TestABoardIsComparedWithTheOneThatItNames(t *testing.T) {
	t.Parallel()
	plain, other := &stage{}, &stage{}
	_, oddTwin := odd("odd twin")
	_, oddBoard := odd("odd board")
	board := other.pool("board", 1)
	oddTwin.Reference, oddBoard.Reference, board.Reference = "odd twin", "odd twin", "odd twin"
	c, _ := config(plain.pool("twin", 1), oddTwin, oddBoard, board)
	report := run.Scenarios(t.Context(), c, files(t, get))
	const pass, diverged = result.Pass, result.Diverged
	require.Equal(t, []result.Verdict{pass, pass, pass, diverged}, verdicts(report), "the twins are not compared with each other")
	require.Equal(t, "board odd twin", report.Runs[3].Diffs[0].Source)
	require.Equal(t, "Odd", report.Runs[3].Diffs[0].Want)
}

func TestABoardWithoutATwinIsComparedWithTheFirst(t *testing.T) {
	t.Parallel()
	s := &stage{}
	_, pool := odd("b")
	pool.Reference = "there is none"
	c, _ := config(s.pool("a", 1), pool)
	report := run.Scenarios(t.Context(), c, files(t, get))
	require.Equal(t, []result.Verdict{result.Pass, result.Diverged}, verdicts(report))
}

func TestVersionsOfATwinAreComparedWithItsOwn(t *testing.T) {
	t.Parallel()
	plain := &stage{}
	_, twin := odd("twin")
	twin.Reference = "twin"
	c, _ := config(plain.pool("a", 1), twin)
	c.HTTPVersions = []string{"1.1", "1.0"}
	report := run.Scenarios(t.Context(), c, files(t, "name: x\nrequest: {get: /albums/1}\n"))
	require.Equal(t, []result.Verdict{result.Pass, result.Pass, result.Pass, result.Pass}, verdicts(report))
}
