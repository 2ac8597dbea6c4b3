package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/bench/measure"
)

// A target whose figure nobody measures would be told as not measured for ever.
func TestEveryTargetIsOfAFigureAndOfADocument(t *testing.T) {
	t.Parallel()
	targets, err := measure.Targets(promised)
	require.NoError(t, err)
	figures := map[string][]string{}
	for _, e := range (&house{}).experiments() {
		require.Contains(t, sections, e.Section, e.Title)
		for _, f := range e.Figures {
			require.NotContains(t, figures, f.ID, "two figures of that name")
			for _, s := range f.Of {
				figures[f.ID] = append(figures[f.ID], s.Who)
			}
		}
	}
	for _, target := range targets {
		_, err := os.Stat(filepath.Join("..", "docs", target.In))
		require.NoError(t, err)
		if target.Elsewhere != "" {
			continue
		}
		parties := figures[target.Figure]
		require.NotEmpty(t, parties, "there is no figure %s", target.Figure)
		for _, who := range []string{target.Who, target.Beside} {
			require.True(t, who == "" || slices.Contains(parties, who), "%s has no %s, but %q", target.Figure, who, parties)
		}
		require.NotEqual(t, parties[0], target.Beside, "ours beside itself")
	}
}

// Each series is of a source of its experiment: else its row would be left out.
func TestEverySeriesHasASource(t *testing.T) {
	t.Parallel()
	for _, e := range (&house{}).experiments() {
		var names []string
		for _, s := range e.Sources {
			names = append(names, s.Name)
		}
		for _, f := range e.Figures {
			for _, s := range f.Of {
				if s.From == "" {
					require.Len(t, names, 1, "%s: %s must say from which", f.ID, s.Who)
				} else {
					require.Contains(t, names, s.From, f.ID)
				}
			}
		}
	}
}

func TestExperimentsAreChosenByName(t *testing.T) {
	t.Parallel()
	all := []measure.Experiment{{Section: "The client", Title: "Heap"}, {Section: "The client", Title: "Speed", Long: true}, {Section: "Growth"}, {Section: "The client", Title: "Endurance", Longest: true}}
	chosen := func(o options) (names []string) {
		some, err := choose(all, o)
		require.NoError(t, err)
		for _, e := range some {
			names = append(names, e.Section+e.Title)
		}
		return names
	}
	require.Equal(t, []string{"The clientHeap", "The clientSpeed", "Growth"}, chosen(options{}))
	require.Equal(t, []string{"The clientHeap", "Growth"}, chosen(options{quick: true}))
	require.Equal(t, []string{"The clientSpeed", "Growth"}, chosen(options{quick: true, only: "speed,growth"}))
	require.Equal(t, []string{"The clientHeap", "The clientSpeed", "Growth", "The clientEndurance"}, chosen(options{long: true}))
	_, err := choose(all, options{only: "nothing"})
	require.ErrorContains(t, err, "no such experiment")
}

func TestGrowthIsOfOneOfTheMostToOneOfTheFewest(t *testing.T) {
	t.Parallel()
	r := measure.Readings{"x/1": 1, "x/10": 4, "x/100": 60}
	grow(r, "x", []int{1, 10, 100})
	require.InDelta(t, 0.6, r["x/growth"], 1e-9)
	require.InDelta(t, 1.5, r["x/last-step"], 1e-9, "from 0.4 for one to 0.6")
}
