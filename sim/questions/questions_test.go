package questions_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/sim/questions"
)

func bundled(t *testing.T) []questions.Question {
	t.Helper()
	all, err := questions.All()
	require.NoError(t, err)
	over, err := questions.TLS()
	require.NoError(t, err)
	require.NotEmpty(t, over)
	return append(all, over...)
}

func TestQuestionsAreToldApartByTheirTitles(t *testing.T) {
	t.Parallel()
	all := bundled(t)
	seen := map[string]bool{}
	for _, q := range all {
		require.False(t, seen[q.Title], "two questions are called %q", q.Title)
		seen[q.Title] = true
	}
}

func TestTheLedgerIsAboutThingsThatAreAsked(t *testing.T) {
	t.Parallel()
	all := bundled(t)
	asks := map[string][]string{}
	for _, q := range all {
		asks[q.Title] = q.Asks()
	}
	ledger, err := questions.ReadLedger()
	require.NoError(t, err)
	for _, entry := range ledger {
		for title, differences := range entry.Asks {
			for _, d := range differences {
				require.Contains(t, asks[title], d.Ask, "the ledger's %q", title)
				require.NotEqual(t, d.Sim, d.Unix, "%s: %s", title, d.Ask)
			}
		}
	}
}

func TestAskThatRaisesDoesNotEndTheProgram(t *testing.T) {
	t.Parallel()
	all, err := questions.Parse("== a title\nx = 1\n? x\n! del x\n")
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, []string{"? x", "! del x"}, all[0].Asks())
	require.Contains(t, all[0].Program("HOST = 'h'\n"), "x = 1\ntry:\n    _answer(repr(x))\nexcept Exception")
}

func TestQuestionsThatAskNothingAreRefused(t *testing.T) {
	t.Parallel()
	_, err := questions.Parse("== a title\nx = 1\n")
	require.ErrorContains(t, err, `question "a title" asks nothing`)
	_, err = questions.Parse("x = 1\n")
	require.ErrorContains(t, err, `line 1: "x = 1" stands before the first title`)
}
