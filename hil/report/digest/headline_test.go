package digest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/digest"
	"github.com/espy-hil/espy/hil/result"
)

func TestTheHeadlineSaysHowItWentAndPromisesNothing(t *testing.T) {
	t.Parallel()
	stale := func(n int) []result.Accepted { return make([]result.Accepted, n) }
	tests := map[string]struct {
		report result.Report
		mood   digest.Mood
	}{
		"All 3 runs are as they should be":                           {result.Report{Totals: result.Totals{Pass: 2, Known: 1}}, digest.Good},
		"The run is as it should be":                                 {result.Report{Totals: result.Totals{Pass: 1}}, digest.Good},
		"All 2 runs that were made are as they should be, 1 skipped": {result.Report{Totals: result.Totals{Pass: 2, Skip: 1}}, digest.Good},
		"1 of 3 runs is not as it should be":                         {result.Report{Totals: result.Totals{Pass: 2, Flaky: 1}}, digest.Bad},
		"3 of 4 runs are not as they should be":                      {result.Report{Totals: result.Totals{Fail: 2, Diverged: 1, Rig: 1}, Interrupted: true}, digest.Bad},
		"1 difference in the ledger is gone":                         {result.Report{Totals: result.Totals{Pass: 2}, Stale: stale(1)}, digest.Bad},
		"2 differences in the ledger are gone":                       {result.Report{Totals: result.Totals{Pass: 2}, Stale: stale(2)}, digest.Bad},
		"The rig failed in 1 of 2 runs":                              {result.Report{Totals: result.Totals{Pass: 1, Rig: 1}}, digest.Poor},
		"Nothing was run":                                            {result.Report{}, digest.Poor},
		"Nothing was run: 2 runs skipped":                            {result.Report{Totals: result.Totals{Skip: 2}}, digest.Poor},
		"Stopped early, without a failure in 2 runs":                 {result.Report{Totals: result.Totals{Pass: 2}, Interrupted: true}, digest.Poor},
	}
	for want, test := range tests {
		got, mood := digest.Headline(&test.report)
		require.Equal(t, want, got)
		require.Equal(t, test.mood, mood, want)
	}
}
