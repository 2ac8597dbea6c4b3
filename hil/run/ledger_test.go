package run_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/ledger"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/scenarios"
)

// accepting is the ledger of the tests' scenarios.
func accepting(t *testing.T, text string) *ledger.Book {
	t.Helper()
	l, err := scenarios.ParseLedger("known.yaml", []byte(text))
	require.NoError(t, err)
	return ledger.New(func(string) *scenarios.Ledger { return l }, func(*scenarios.Ledger) bool { return true })
}

// A run that is not as its file says is not compared any more: whether it differs
// from the reference as well, it does not say.
func TestAKnownFailureMakesNoEntryOnAnotherFieldStale(t *testing.T) {
	t.Parallel()
	s := &stage{do: func(ctx context.Context, n int, r agent.Request) (*agent.Record, bool, error) {
		rec, err := exchange(ctx, r)
		if n == 2 {
			rec.Response.StatusCode, rec.Response.Reason = 500, "Fine"
		}
		return rec, true, err
	}}
	c, _ := config(s.pool("a", 1))
	c.HTTPVersions = []string{"1.0", "1.1"}
	c.Ledger = accepting(t, "- {scenario: a, fields: [status_code], cause: so it is}\n"+
		"- {scenario: a, fields: [reason], cause: so it is}\n")
	report := run.Scenarios(t.Context(), c, files(t, get))
	require.Equal(t, []result.Verdict{result.Pass, result.Known}, verdicts(report))
	require.Empty(t, report.Stale)
}

func TestAnInterruptedRunMakesNoEntryStale(t *testing.T) {
	t.Parallel()
	for name, interrupted := range map[string]bool{"interrupted": true, "to the end": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s := &stage{do: func(_ context.Context, n int, _ agent.Request) (*agent.Record, bool, error) {
				if n == 2 && interrupted {
					cancel()
					return nil, true, broken(true, false)
				}
				return nil, false, nil
			}}
			c, _ := config(s.pool("a", 1))
			c.Repeat = 2
			c.Ledger = accepting(t, "- {scenario: a, fields: [status_code], cause: so it is}\n")
			report := run.Scenarios(ctx, c, files(t, get))
			require.Equal(t, interrupted, report.Interrupted)
			require.Equal(t, interrupted, len(report.Stale) == 0)
		})
	}
}
