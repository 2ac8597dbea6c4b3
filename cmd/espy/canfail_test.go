package main

import (
	"hash/fnv"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/compare"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/scenarios"
)

// A scenario that cannot fail says nothing. Each is run once; then every single
// value that it expects is made another one, and what was observed must contradict
// it. One such mutation of each file is run as well, and its verdict must be fail.
func TestEveryBundledScenarioCanFail(t *testing.T) {
	t.Parallel()
	suite, err := scenarios.LoadBundled()
	require.NoError(t, err)
	canFail(t, "sim", suite)
}

// canFail looks at the scenarios that a board can run.
func canFail(t *testing.T, on string, suite []*scenarios.Scenario) {
	t.Helper()
	config, err := rig.Wire(t.Context(), rig.Choice{On: []string{on}, Jobs: 2})
	require.NoError(t, err)

	report := run.Scenarios(t.Context(), config, suite)
	byName := map[string]*scenarios.Scenario{}
	for _, s := range suite {
		byName[s.Name] = s
	}
	var mutants []*scenarios.Scenario
	seen := map[string]bool{}
	for i := range report.Runs {
		r := &report.Runs[i]
		if r.Verdict != result.Pass {
			continue // that they pass is asked elsewhere, and not all boards run all of them
		}
		s := byName[r.Scenario]
		at := slices.IndexFunc(s.Variants, func(v scenarios.Variant) bool { return v.Label == r.Variant })
		steps := contradicted(t, r, &s.Variants[at])
		if !seen[s.File] && len(steps) > 0 {
			mutants = append(mutants, mutant(s, at, steps))
		}
		seen[s.File] = true
		if len(steps) == 0 {
			t.Errorf("%s expects nothing", r.File)
		}
	}
	require.NotEmpty(t, mutants)
	report = run.Scenarios(t.Context(), config, mutants)
	require.Len(t, report.Runs, len(mutants))
	for i := range report.Runs {
		if r := &report.Runs[i]; r.Verdict != result.Fail {
			t.Errorf("%s passes although %s is expected to be another: %s", r.File, r.Variant, r.Verdict)
		}
	}
}

// located is a mutation, and the step that it is of.
type located struct {
	step int
	mutation
}

// contradicted sees that what a run yielded contradicts every mutation of its
// expectations, and returns them.
func contradicted(t *testing.T, r *result.Run, v *scenarios.Variant) (all []located) {
	t.Helper()
	observed := r.Observations()
	for i := range v.Steps {
		before := compare.Expected(&v.Steps[i], r.Client, &observed[i]) // texts with addresses, which are not filled in here
		for _, m := range mutations(&v.Steps[i], r.Client) {
			all = append(all, located{i, m})
			if m.weak {
				t.Errorf("%s %s: step %d: any text at all meets %s", r.File, r.Variant, i, m.what)
			}
			differs := func(d result.Diff) bool { return !slices.Contains(before, d) }
			if !slices.ContainsFunc(compare.Expected(&m.step, r.Client, &observed[i]), differs) {
				t.Errorf("%s %s: step %d: passes whatever %s is expected to be", r.File, r.Variant, i, m.what)
			}
		}
	}
	return all
}

// mutant is a scenario of one variant with one mutation, another one for each name,
// and always the same. Its variant is called by what is mutated.
func mutant(s *scenarios.Scenario, variant int, all []located) *scenarios.Scenario {
	h := fnv.New32a()
	h.Write([]byte(s.Name))
	m := all[int(h.Sum32())%len(all)]
	v := s.Variants[variant]
	v.Label = m.what
	v.Steps = slices.Clone(v.Steps)
	v.Steps[m.step] = m.mutation.step
	changed := *s
	changed.Variants = []scenarios.Variant{v}
	return &changed
}
