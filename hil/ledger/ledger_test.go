package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/ledger"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// steps is what the scenario of the tests says: of the status alone.
func steps(t *testing.T) []scenarios.Step {
	t.Helper()
	s, err := scenarios.Parse("suite/version/a.yaml", []byte("name: a\nrequest: {get: /}\nexpect: {status_code: 200}\n"))
	require.NoError(t, err)
	return s.Variants[0].Steps
}

func book(t *testing.T, text string) *ledger.Book {
	t.Helper()
	l, err := scenarios.ParseLedger("suite/known.yaml", []byte(text))
	require.NoError(t, err)
	return ledger.New(func(string) *scenarios.Ledger { return l }, func(*scenarios.Ledger) bool { return true })
}

// aRun is a run of the scenario with diffs in these fields.
func aRun(board string, v result.Verdict, fields ...string) *result.Run {
	r := &result.Run{Scenario: "a sentence", File: "suite/version/a.yaml", Board: board, Client: "espy.requests", Verdict: v}
	for _, f := range fields {
		r.Diffs = append(r.Diffs, result.Diff{Field: f})
	}
	return r
}

func TestWhichDifferencesAnEntryAccepts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		entry string
		run   *result.Run
		want  result.Verdict
	}{
		"a fail, by file":                     {"scenario: version/a, fields: [status_code]", aRun("sim", result.Fail, "status_code"), result.Known},
		"by file with its ending":             {"scenario: version/a.yaml, fields: [status_code]", aRun("sim", result.Fail, "status_code"), result.Known},
		"by pattern":                          {"scenario: '*/a', fields: [status_code]", aRun("sim", result.Fail, "status_code"), result.Known},
		"a star stays in its folder":          {"scenario: '*', fields: [reason]", aRun("sim", result.Fail, "status_code"), result.Fail},
		"two stars do not":                    {"scenario: '**', fields: [status_code]", aRun("sim", result.Fail, "status_code"), result.Known},
		"by name":                             {"scenario: a sentence, fields: [status_code]", aRun("sim", result.Fail, "status_code"), result.Known},
		"another scenario":                    {"scenario: version/b, fields: [status_code]", aRun("sim", result.Fail, "status_code"), result.Fail},
		"a divergence":                        {"scenario: version/a, fields: [reason]", aRun("unix", result.Diverged, "reason"), result.Known},
		"a field below":                       {"scenario: version/a, fields: [headers]", aRun("sim", result.Diverged, "headers.x"), result.Known},
		"an item of a list":                   {"scenario: version/a, fields: [wire]", aRun("sim", result.Diverged, "wire[0].body"), result.Known},
		"a field of a step":                   {"scenario: version/a, fields: [reason]", aRun("sim", result.Diverged, "steps[1].reason"), result.Known},
		"of a certain step":                   {"scenario: version/a, fields: ['steps[0].reason']", aRun("sim", result.Diverged, "steps[1].reason"), result.Diverged},
		"no field that merely begins so":      {"scenario: version/a, fields: [reason]", aRun("sim", result.Diverged, "reasons"), result.Diverged},
		"not all that differs":                {"scenario: version/a, fields: [reason]", aRun("sim", result.Diverged, "reason", "url"), result.Diverged},
		"a kind of board":                     {"scenario: version/a, boards: [sim], fields: [reason]", aRun("sim:1.24", result.Diverged, "reason"), result.Known},
		"a pattern of boards":                 {"scenario: version/a, boards: ['sim:1.2*'], fields: [reason]", aRun("sim:1.24", result.Diverged, "reason"), result.Known},
		"another board":                       {"scenario: version/a, boards: [unix], fields: [reason]", aRun("sim", result.Diverged, "reason"), result.Diverged},
		"another client":                      {"scenario: version/a, clients: [requests], fields: [reason]", aRun("sim", result.Diverged, "reason"), result.Diverged},
		"what the rig broke stays the rig's":  {"scenario: version/a, fields: ['**']", aRun("sim", result.Rig, "rig"), result.Rig},
		"what is flaky is accepted by nobody": {"scenario: version/a, fields: ['**']", aRun("sim", result.Flaky, "reason"), result.Flaky},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := book(t, "- {"+test.entry+", cause: so it is}")
			b.Judge(test.run, steps(t), true)
			require.Equal(t, test.want, test.run.Verdict)
			if test.want == result.Known {
				require.Equal(t, []string{"so it is"}, test.run.Known)
				require.Empty(t, b.Stale())
			}
		})
	}
}

func TestSeveralEntriesMayAcceptARunTogether(t *testing.T) {
	t.Parallel()
	b := book(t, "- {scenario: version/a, fields: [reason], cause: one}\n- {scenario: version/a, fields: [url], cause: two}")
	r := aRun("sim", result.Diverged, "reason", "url")
	b.Judge(r, steps(t), true)
	require.Equal(t, result.Known, r.Verdict)
	require.Equal(t, []string{"one", "two"}, r.Known)
}

func TestAnEntryIsStaleWhenARunCouldHaveShownItsDifferenceAndNoneDid(t *testing.T) {
	t.Parallel()
	const ofReason = "- {scenario: version/a, boards: [unix], fields: [reason], cause: so it is, link: there, since: 1.2}"
	const ofRaises = "- {scenario: version/a, fields: [raises], cause: so it is}"
	const ofStatus = "- {scenario: version/a, fields: [status_code], cause: so it is}"
	type judged struct {
		run      *result.Run
		compared bool
	}
	tests := map[string]struct {
		entry string
		runs  []judged
		stale bool
	}{
		"it passes, compared":                              {ofReason, []judged{{aRun("unix", result.Pass), true}}, true},
		"it passes, but was compared with none":            {ofReason, []judged{{aRun("unix", result.Pass), false}}, false},
		"it passes in what its file speaks of":             {ofStatus, []judged{{aRun("sim", result.Pass), false}}, true},
		"it raises nothing, of which files need not speak": {ofRaises, []judged{{aRun("sim", result.Pass), false}}, true},
		"it was not run on that board":                     {ofReason, []judged{{aRun("sim", result.Pass), true}}, false},
		"the rig failed":                                   {ofReason, []judged{{aRun("unix", result.Rig, "rig"), true}}, false},
		"it was skipped":                                   {ofReason, []judged{{aRun("unix", result.Skip), true}}, false},
		"it is flaky":                                      {ofReason, []judged{{aRun("unix", result.Flaky, "url"), true}}, false},
		"one of two runs shows it":                         {ofReason, []judged{{aRun("unix", result.Pass), true}, {aRun("unix", result.Diverged, "reason"), true}}, false},
		"it differs, but in another field":                 {ofReason, []judged{{aRun("unix", result.Diverged, "url"), true}}, true},
		"it differs in that field and in another":          {ofReason, []judged{{aRun("unix", result.Fail, "reason", "url"), true}}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := book(t, test.entry)
			for _, j := range test.runs {
				b.Judge(j.run, steps(t), j.compared)
			}
			require.Equal(t, test.stale, len(b.Stale()) == 1, "%+v", b.Stale())
		})
	}
	b := book(t, ofReason)
	b.Judge(aRun("unix", result.Pass), steps(t), true)
	require.Equal(t, []result.Accepted{{
		Scenario: "version/a", Boards: []string{"unix"}, Clients: []string{}, Fields: []string{"reason"},
		Cause: "so it is", Link: "there", Since: "1.2", Source: "suite/known.yaml:1",
	}}, b.Stale())
}

func TestAnEntryForManyScenariosIsStaleOnlyWhereAllOfItsSuiteWasRun(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]map[bool]int{"'*/a'": {true: 1, false: 0}, "version/a": {true: 1, false: 1}} {
		for whole, stale := range want {
			l, err := scenarios.ParseLedger("suite/known.yaml", []byte("- {scenario: "+entry+", fields: [status_code], cause: so it is}"))
			require.NoError(t, err)
			b := ledger.New(func(string) *scenarios.Ledger { return l }, func(*scenarios.Ledger) bool { return whole })
			b.Judge(aRun("sim", result.Pass), steps(t), false)
			require.Len(t, b.Stale(), stale, "%s, all of it: %v", entry, whole)
		}
	}
}
