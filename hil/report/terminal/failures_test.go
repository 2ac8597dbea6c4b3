package terminal_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/report/reporttest"
	"github.com/espy-hil/espy/hil/report/terminal"
	"github.com/espy-hil/espy/hil/result"
)

// wrong is a run that has 505 for 200, and a request of its own.
func wrong(scenario, board string) result.Run {
	return result.Run{
		Scenario: scenario, Board: board, Verdict: result.Fail, Repeat: 1, Attempt: 1,
		Diffs: []result.Diff{{Field: "status_code", Want: "200", Got: "505", Source: "a.yaml:7"}},
		Observation: result.Observation{
			Wire: []result.Exchange{{RequestLine: "GET /" + scenario}}, TimingMS: map[string]float64{"run": 5},
		},
	}
}

// summary is what is shown of runs at the end, on a screen of so many columns.
func summary(o terminal.Options, runs ...result.Run) string {
	var out bytes.Buffer
	terminal.New(&out, o).Summary(&result.Report{Runs: runs, Totals: result.Count(runs)}, 0)
	return out.String()
}

func TestWhatFailsAlikeInSeveralPlacesIsShownOnce(t *testing.T) {
	t.Parallel()
	other := wrong("a", "c")
	other.Diffs[0].Got = "500"
	out := summary(terminal.Options{}, wrong("a", "x"), wrong("a", "y"), wrong("b", "x"), other)
	require.Contains(t, out, "\nfail      a\n          x  #1\n          y  #2\n    > GET /a\n")
	require.Contains(t, out, "\nfail      b\n          x  #3\n    > GET /b\n")
	require.Contains(t, out, "\nfail      a\n          c  #4\n    > GET /a\n")
	require.Equal(t, 3, strings.Count(out, "> GET"))

	var many []result.Run
	for i := range 20 {
		many = append(many, wrong("a", fmt.Sprint("board", i)))
	}
	out = summary(terminal.Options{}, many...)
	require.Equal(t, 1, strings.Count(out, "> GET"))
	require.Contains(t, out, "          board11  #12\n          and 8 more runs like these\n    > GET")
}

func TestOfManyRunsThatFailForOneReasonTheFirstAreShownAndOthersNamed(t *testing.T) {
	t.Parallel()
	var many []result.Run
	for i := range 40 {
		many = append(many, wrong(fmt.Sprint("s", i), "x"), wrong(fmt.Sprint("s", i), "y"))
	}
	alone := wrong("alone", "x")
	alone.Diffs[0].Field = "reason"
	out := summary(terminal.Options{}, append(many, alone)...)
	require.Contains(t, out, "> GET /s2\n")
	require.Contains(t, out, "\n74 runs more for the same reason\nfail      s3  x  #7 and 1 more\n")
	require.Contains(t, out, "fail      s12  x  #25 and 1 more\n          and 54 more, which --html and --json have\n")
	require.Contains(t, out, "> GET /alone\n", "another reason is shown")
	require.Equal(t, 4, strings.Count(out, "> GET"))
	require.NotContains(t, summary(terminal.Options{}, many[:6]...), "for the same reason", "all of them are shown")
}

func TestTheSlowestSayWhereTheyWereOnAnyScreen(t *testing.T) {
	t.Parallel()
	run := wrong(strings.Repeat("long ", 60), "serial:/dev/ttyUSB0")
	run.Verdict, run.Diffs, run.HTTPVersion = result.Pass, nil, "auto"
	for _, columns := range []int{60, 80, 200} {
		o := terminal.Options{Slowest: 1, Size: of(columns, 24)}
		line := strings.Split(summary(o, run), "\n")[2]
		require.True(t, strings.HasSuffix(line, "…  serial:/dev/ttyUSB0  auto"), line)
		require.Less(t, plain.Columns(line), columns)
	}
	line := strings.Split(summary(terminal.Options{Slowest: 1, Size: of(20, 24)}, run), "\n")[2]
	require.Less(t, plain.Columns(line), 20)
}

func TestResultsThatLackWhatTheyMayAreShown(t *testing.T) {
	t.Parallel()
	odd := reporttest.Odd()
	for _, columns := range []int{0, 20, 80} {
		o := terminal.Options{Slowest: 3, Size: of(columns, 24)}
		require.Contains(t, summary(o, odd.Runs...), "the results do not")
		for i := range odd.Runs {
			var out bytes.Buffer
			terminal.New(&out, o).Replay(i+1, &odd.Runs[i])
			require.Contains(t, out.String(), fmt.Sprint("#", i+1))
		}
	}
}
