package document

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/bench/measure"
)

func at(v float64) *float64 { return &v }

func report() *Report {
	return &Report{
		Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Took: 90 * time.Second, Commit: "abc",
		Machine:  Machine{Processor: "a chip", Processors: 2, Memory: "24 GiB", System: "linux 6", Before: 0.5, Least: 0.4, Most: 2},
		Versions: []Version{{"Go", "1.26"}},
		Targets: []measure.Verdict{
			{What: "speed", Unit: "/s", In: "a.md", AtLeast: at(800), Reached: at(1234.5), Met: true},
			{What: "speed | of all", Unit: measure.Times, In: "a.md", AtLeast: at(2), Reached: at(1.5), Wide: true},
			{What: "heap", Unit: "B", In: "a.md", AtMost: at(8192), Why: "not there: no chip"},
			{What: "verdicts", In: "a.md", Promise: "none wrong", Elsewhere: "make soak"},
		},
		Outcomes: []measure.Outcome{{
			Section: "Boards", Title: "How fast", About: "In turns.", Took: 12345 * time.Millisecond, Others: at(0.34),
			Rows: []measure.Row{
				{Figure: "x", What: "speed", Unit: "/s", Better: measure.More, Who: "ours", Value: measure.Summarize([]float64{10, 10, 30})},
				{Figure: "x", What: "speed", Unit: "/s", Better: measure.More, Who: "theirs", Value: measure.Summarize([]float64{5, 5, 5}), Times: measure.Summarize([]float64{2, 2, 6})},
				{Figure: "x", What: "speed", Unit: "/s", Better: measure.More, Who: "absent", Why: "not there: absent is not installed"},
			},
			Curves: []measure.Drawn{{Name: "a <curve>", Unit: "s", Points: [][2]float64{{1, 0.1}, {1000, 20}}}},
			Broken: []string{"b: it fell over"},
		}},
	}
}

func TestTheDocumentSaysWhatWasMeasured(t *testing.T) {
	t.Parallel()
	text := report().Markdown("## By hand\n")
	for _, line := range []string{
		"2026-01-02 03:04 UTC, in 1m30s, of espy abc, on 2 processors (a chip), 24 GiB of memory, linux 6. Load average of the last minute before it: 0.50; during it, which is its own work too: 0.40 to 2.00.",
		"4 targets: 1 met, 1 missed, 1 not measured, 1 measured by commands of their own.",
		"| speed | ours | 10 /s | 100 % **wide** |  |",
		"|  | theirs | 5 /s | 0 % | 2 × as fast (100 %, **wide**) |",
		"|  | absent | left out: not there: absent is not installed | | |",
		"**Failed: b: it fell over**",
		"![How fast](benchmarks-how-fast.svg)",
		"3 rounds, in 12.3s. **Other programs had 34 % of the processors meanwhile: the figures are of a busy machine.**",
		"**Other programs had more than 10 % of the processors during 1 of the 1 experiments, which say so below.**",
		"## By hand",
	} {
		require.Contains(t, strings.Split(text, "\n"), line)
	}
	require.NotContains(t, text, "quick look")
}

// What is missed comes first, and is called that.
func TestAMissIsPrintedAsAMissAndComesFirst(t *testing.T) {
	t.Parallel()
	_, table, _ := strings.Cut(report().Markdown(""), "| --- | ---: | ---: | --- | --- |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	require.Equal(t, []string{
		`| speed \| of all | ≥ 2 × | 1.5 × | **MISSED**, wide spread | [a.md](a.md) |`,
		"| heap | ≤ 8,192 B |  | **not measured**: not there: no chip | [a.md](a.md) |",
		"| speed | ≥ 800 /s | 1,235 /s | met | [a.md](a.md) |",
		"| verdicts | none wrong |  | `make soak` | [a.md](a.md) |",
	}, strings.Split(table, "\n"))
	require.Equal(t, "MISSED  speed | of all: 1.5 × (wide spread), promised ≥ 2 ×\n"+
		"absent  heap: not there: no chip, promised ≤ 8,192 B\nmet     speed: 1,235 /s, promised ≥ 800 /s\n", report().Summary())
}

func TestALookIsCalledOne(t *testing.T) {
	t.Parallel()
	r := report()
	r.Quick, r.Only = true, []string{"boards"}
	require.Contains(t, r.Markdown(""), "**A quick look, with too few rounds to prove anything.**")
	require.Contains(t, r.Markdown(""), "**Only a part was measured: boards.**")
}

func TestHowLongItTookAndHowBusyTheMachineWas(t *testing.T) {
	t.Parallel()
	o := measure.Outcome{Took: 5 * time.Second, Rows: []measure.Row{{Value: measure.Summarize([]float64{1, 2})}}}
	require.Equal(t, "2 rounds, in 5s.", Took(o), "it is not known")
	o.Others = at(0.04)
	require.Equal(t, "2 rounds, in 5s. Other programs had 4 % of the processors meanwhile.", Took(o))
	o.Rows[0].Value = measure.Summarize([]float64{1})
	require.Contains(t, Took(o), "One round, which has no spread, in 5s.")
	require.Equal(t, "one round", spread(o.Rows[0].Value))
	r := Report{Outcomes: []measure.Outcome{o}}
	require.NotContains(t, r.Markdown(""), "Other programs had more")
}

func TestATableOfWhichNothingWasMeasuredIsOneLine(t *testing.T) {
	t.Parallel()
	missing := measure.Row{What: "speed", Who: "ours", Why: "not there: wrk could not be installed: no network"}
	r := Report{Outcomes: []measure.Outcome{{Title: "How fast", Rows: []measure.Row{missing, missing}}}}
	require.Contains(t, r.Markdown(""), "**Left out, all of it: not there: wrk could not be installed: no network.**\n")
	require.NotContains(t, r.Markdown(""), "| speed |")
	r.Outcomes[0].Rows[1].Why = "another"
	require.Contains(t, r.Markdown(""), "| speed | ours | left out: not there: wrk could not be installed: no network | | |\n")
}

func TestTheJSONHasEverySample(t *testing.T) {
	t.Parallel()
	text, err := report().JSON()
	require.NoError(t, err)
	var back Report
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, report(), &back)
}

func TestNumbersHaveThreeDigitsThatCount(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]float64{
		"0": 0, "0.00123": 0.001234, "0.5": 0.5, "1.23": 1.234, "12.3": 12.34, "123": 123.4, "1,234": 1234.4, "1,234,568": 1234567.8, "-1.5": -1.5, "100": 99.96,
	} {
		require.Equal(t, want, number(v))
	}
}

func TestADrawingIsXMLWithEachPointInIt(t *testing.T) {
	t.Parallel()
	for name, curves := range map[string][]measure.Drawn{
		"a curve":   report().Outcomes[0].Curves,
		"no curve":  nil,
		"no points": {{Name: "a"}},
		"one point": {{Name: "a", Points: [][2]float64{{1, 1}}}},
	} {
		points := 0
		for _, c := range curves {
			points += len(c.Points)
		}
		d := xml.NewDecoder(strings.NewReader(string(Plot("how many", curves))))
		circles := 0
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, name)
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "circle" {
				circles++
			}
		}
		require.Equal(t, points, circles, name)
	}
}
