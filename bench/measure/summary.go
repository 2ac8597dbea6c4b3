package measure

import (
	"math"
	"slices"
)

// TooWide is the spread from which on a figure is not to be trusted.
const TooWide = 0.2

// A Summary is what is said of the samples of some rounds.
type Summary struct {
	Median  float64   `json:"median"`
	Spread  float64   `json:"spread"` // between the quartiles, as a part of the median
	Low     float64   `json:"low"`
	High    float64   `json:"high"`
	Samples []float64 `json:"samples"` // in the order of the rounds
}

// Summarize sums samples up. There must be one.
func Summarize(samples []float64) *Summary {
	sorted := slices.Sorted(slices.Values(samples))
	s := &Summary{Median: quantile(sorted, 0.5), Low: sorted[0], High: sorted[len(sorted)-1], Samples: samples}
	if between := quantile(sorted, 0.75) - quantile(sorted, 0.25); between > 0 {
		s.Spread = min(between/math.Abs(s.Median), 99) // around nothing it is endless
	}
	return s
}

// quantile is linear between the two samples that it falls between.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	below := int(at)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (at-float64(below))*(sorted[above]-sorted[below])
}

// Wide tells that the rounds differ too much for the figure to be believed.
func (s Summary) Wide() bool { return s.Spread > TooWide }
