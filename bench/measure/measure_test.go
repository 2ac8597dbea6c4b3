package measure

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTheMedianIsTheMiddleOfTheRounds(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 3, Summarize([]float64{9, 1, 3}).Median, 0)
	require.InDelta(t, 2.5, Summarize([]float64{4, 1, 2, 3}).Median, 0)
	require.InDelta(t, 7, Summarize([]float64{7}).Median, 0)
}

func TestTheSpreadIsBetweenTheQuartiles(t *testing.T) {
	t.Parallel()
	s := Summarize([]float64{10, 8, 12, 9, 11})
	require.InDelta(t, 0.2, s.Spread, 1e-9, "from 9 to 11, of 10")
	require.False(t, s.Wide())
	require.True(t, Summarize([]float64{10, 8, 12.5, 8.9, 11}).Wide())
	require.False(t, Summarize([]float64{10, 10, 10, 10, 500}).Wide(), "one round alone does not make it wide")
	require.Zero(t, Summarize([]float64{0, 0, 0}).Spread)
	require.True(t, Summarize([]float64{0, 0, 0, 1, 1}).Wide(), "around nothing")
}

func TestASummaryHoldsForAnySamples(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		samples := rapid.SliceOfN(rapid.Float64Range(0.001, 1e6), 1, 30).Draw(t, "samples")
		before := append([]float64(nil), samples...)
		s := Summarize(samples)
		require.Equal(t, before, s.Samples, "the order of the rounds is kept")
		require.True(t, s.Low <= s.Median && s.Median <= s.High)
		require.True(t, s.Spread >= 0 && !math.IsInf(s.Spread, 0) && !math.IsNaN(s.Spread))
	})
}

// A machine that gets slower from round to round slows down both of a pair: the
// ratio must not see it.
func TestARatioIsOfPairs(t *testing.T) {
	t.Parallel()
	ours, theirs := []float64{1, 2, 4, 8, 16}, []float64{3, 6, 12, 24, 48}
	s := times(ours, theirs, Less)
	require.InDelta(t, 3, s.Median, 1e-9)
	require.Zero(t, s.Spread)
	require.InDelta(t, 1./3, times(ours, theirs, More).Median, 1e-9)
	require.Nil(t, times([]float64{0}, []float64{1}, Less), "nothing has no ratio")
}

// counter is a source whose reading is how often anything has been measured.
func counter(name string, clock *int, order *[]string) Source {
	return Source{Name: name, Start: func(context.Context) (*Probe, error) {
		return &Probe{
			Round: func(context.Context) (Readings, error) {
				*clock++
				*order = append(*order, name)
				return Readings{"at": float64(*clock)}, nil
			},
			Stop: func() { *order = append(*order, "stop "+name) },
		}, nil
	}}
}

func quiet(rounds int) Plan { return Plan{Rounds: rounds, Say: func(string, ...any) {}} }

func TestSourcesTakeTurnsAndAnotherIsFirstEachTime(t *testing.T) {
	t.Parallel()
	clock, order := 0, []string(nil)
	e := Experiment{Sources: []Source{counter("a", &clock, &order), counter("b", &clock, &order)}}
	e.Run(t.Context(), quiet(3))
	require.Empty(t, cmp.Diff([]string{"a", "b", "b", "a", "a", "b", "stop b", "stop a"}, order))
}

func TestRowsHaveOursFirstAndTheOthersBesideIt(t *testing.T) {
	t.Parallel()
	clock, order := 0, []string(nil)
	e := Experiment{
		Sources: []Source{counter("a", &clock, &order), counter("b", &clock, &order)},
		Figures: []Figure{{ID: "x", What: "when", Unit: "s", Better: Less, Of: []Series{{"ours", "at", "a", ""}, {"theirs", "at", "b", ""}}}},
	}
	rows := e.Run(t.Context(), quiet(2)).Rows
	require.Len(t, rows, 2)
	require.Equal(t, []float64{1, 4}, rows[0].Value.Samples)
	require.Nil(t, rows[0].Times)
	require.Equal(t, []float64{2, 3. / 4}, rows[1].Times.Samples)
}

func TestWhatIsMissingIsNamedAndNoFailure(t *testing.T) {
	t.Parallel()
	clock, order := 0, []string(nil)
	missing := Source{Name: "b", Start: func(context.Context) (*Probe, error) {
		return nil, fmt.Errorf("%w: wrk is not installed", ErrMissing)
	}}
	e := Experiment{
		Sources: []Source{counter("a", &clock, &order), missing},
		Figures: []Figure{{ID: "x", Of: []Series{{"ours", "at", "a", ""}, {"theirs", "at", "b", ""}}}},
	}
	o := e.Run(t.Context(), quiet(2))
	require.Empty(t, o.Broken)
	require.NotNil(t, o.Rows[0].Value)
	require.Nil(t, o.Rows[1].Value)
	require.Equal(t, "not there: wrk is not installed", o.Rows[1].Why)
}

func TestASourceSaysWhyItGivesNoReading(t *testing.T) {
	t.Parallel()
	source := Source{Name: "a", Start: func(context.Context) (*Probe, error) {
		return &Probe{
			Round:  func(context.Context) (Readings, error) { return Readings{"at": 1}, nil },
			Cannot: func(reading string) string { return map[string]string{"size": "TypeError: no such argument"}[reading] },
		}, nil
	}}
	e := Experiment{Sources: []Source{source}, Figures: []Figure{{ID: "x", Of: []Series{{"ours", "at", "", ""}, {"theirs", "size", "", "it cannot do this"}, {"others", "time", "", "it cannot do this"}}}}}
	o := e.Run(t.Context(), quiet(1))
	require.Empty(t, o.Broken)
	require.NotNil(t, o.Rows[0].Value)
	require.Equal(t, "TypeError: no such argument", o.Rows[1].Why)
	require.Equal(t, "it cannot do this", o.Rows[2].Why)
}

func TestASourceThatBreaksOffIsAFailureAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	clock, order := 0, []string(nil)
	n := 0
	breaking := Source{Name: "b", Start: func(context.Context) (*Probe, error) {
		return &Probe{Round: func(context.Context) (Readings, error) {
			if n++; n == 2 {
				return nil, errors.New("it fell over")
			}
			return Readings{"at": 1}, nil
		}}, nil
	}}
	e := Experiment{
		Sources: []Source{counter("a", &clock, &order), breaking},
		Figures: []Figure{{ID: "x", Of: []Series{{"ours", "at", "a", ""}, {"theirs", "at", "b", ""}, {"nobody's", "on", "a", "it cannot"}}}},
	}
	o := e.Run(t.Context(), quiet(3))
	require.Equal(t, []string{"b: it broke off in round 2: it fell over"}, o.Broken)
	require.Len(t, o.Rows[0].Value.Samples, 3)
	require.Equal(t, "it broke off in round 2: it fell over", o.Rows[1].Why, "not what it said before it fell over")
	require.Equal(t, "it cannot", o.Rows[2].Why)
}

func TestAReadingThatIsNotThereIsAFailure(t *testing.T) {
	t.Parallel()
	clock, order := 0, []string(nil)
	e := Experiment{
		Sources: []Source{counter("a", &clock, &order)},
		Figures: []Figure{{ID: "x", Of: []Series{{Who: "ours", Reading: "on"}}}},
	}
	o := e.Run(t.Context(), quiet(1))
	require.Equal(t, []string{`a: it gives no "on", but ["at"]`}, o.Broken)
	require.Nil(t, o.Rows[0].Value)
}
