package measure

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func outcome() []Outcome {
	return []Outcome{{Rows: []Row{
		{Figure: "x", What: "speed", Unit: "/s", Who: "ours", Value: Summarize([]float64{10, 20, 30})},
		{Figure: "x", What: "speed", Unit: "/s", Who: "theirs", Value: Summarize([]float64{5, 5, 5}), Times: Summarize([]float64{2, 4, 6})},
		{Figure: "x", What: "speed", Unit: "/s", Who: "absent", Why: "not there: absent is not installed"},
	}}}
}

func TestATargetThatIsNotAlwaysMeasuredSaysWithWhich(t *testing.T) {
	t.Parallel()
	figures := []Figure{{ID: "y", What: "size", Unit: "B", Of: []Series{{Who: "ours"}, {Who: "theirs"}}}}
	for what, target := range map[string]Target{
		"size, ours": {Figure: "y", AtMost: at(1)}, "size, theirs": {Figure: "y", AtMost: at(1), Who: "theirs"}, "size, ours beside theirs": {Figure: "y", AtMost: at(1), Beside: "theirs"},
	} {
		require.Equal(t, what, target.Judge(figures, outcome()).What)
	}
	require.Equal(t, "only `make bench ARGS=-long` measures it", Target{Figure: "y", AtMost: at(1), With: "-long"}.Judge(nil, outcome()).Why)
}

func at(v float64) *float64 { return &v }

func TestATargetIsMetOrMissed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		target  Target
		met     bool
		reached float64
	}{
		"at least, met":         {Target{Figure: "x", AtLeast: at(20)}, true, 20},
		"at least, missed":      {Target{Figure: "x", AtLeast: at(20.1)}, false, 20},
		"at most, met":          {Target{Figure: "x", AtMost: at(20)}, true, 20},
		"at most, missed":       {Target{Figure: "x", AtMost: at(19)}, false, 20},
		"the worst of the most": {Target{Figure: "x", AtMost: at(20), Worst: true}, false, 30},
		"the worst of the rest": {Target{Figure: "x", AtLeast: at(20), Worst: true}, false, 10},
		"of another":            {Target{Figure: "x", Who: "theirs", AtLeast: at(5)}, true, 5},
		"beside another":        {Target{Figure: "x", Beside: "theirs", AtLeast: at(4)}, true, 4},
		"beside, missed":        {Target{Figure: "x", Beside: "theirs", AtLeast: at(5)}, false, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := c.target.Judge(nil, outcome())
			require.Equal(t, c.met, v.Met)
			require.InDelta(t, c.reached, *v.Reached, 0)
		})
	}
}

func TestWhatWasNotMeasuredIsNotMet(t *testing.T) {
	t.Parallel()
	v := Target{Figure: "x", Beside: "absent", AtLeast: at(1)}.Judge(nil, outcome())
	require.False(t, v.Met)
	require.Nil(t, v.Reached)
	require.Equal(t, "not there: absent is not installed", v.Why)
	v = Target{Figure: "y", AtLeast: at(1)}.Judge(nil, outcome())
	require.False(t, v.Met)
	require.Equal(t, "not measured this time", v.Why)
}

func TestAFileOfTargetsIsRead(t *testing.T) {
	t.Parallel()
	all, err := Targets([]byte("- {figure: x, beside: theirs, at-least: 5, in: x.md}\n"))
	require.NoError(t, err)
	require.Equal(t, []Target{{Figure: "x", Beside: "theirs", AtLeast: at(5), In: "x.md"}}, all)
	for bad, complaint := range map[string]string{
		"- {figure: x, in: x.md}":                          "give at-most or at-least",
		"- {figure: x, at-most: 1, at-least: 2, in: x.md}": "give at-most or at-least",
		"- {figure: x, at-most: 1}":                        "say in which document",
		"- {elsewhere: make soak, what: a, in: x.md}":      "says what is promised",
		"- {figure: x, at-msot: 1, in: x.md}":              "at-msot",
	} {
		_, err := Targets([]byte(bad))
		require.ErrorContains(t, err, complaint)
	}
}

func TestATargetOfAnotherCommandNamesIt(t *testing.T) {
	t.Parallel()
	all, err := Targets([]byte("- {elsewhere: make soak, what: verdicts, promise: none wrong, in: x.md}\n"))
	require.NoError(t, err)
	require.Equal(t, Verdict{What: "verdicts", Promise: "none wrong", Elsewhere: "make soak", In: "x.md"}, all[0].Judge(nil, nil))
}
