package result_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/result"
)

func TestARunIsFoundByItsNumberOrByWords(t *testing.T) {
	t.Parallel()
	r := &result.Report{Runs: []result.Run{
		{Scenario: "a 505 is read", Variant: "how=505", Board: "sim", Verdict: result.Pass, File: "version/505.yaml"},
		{Scenario: "a 505 is read", Variant: "how=505", Board: "unix", Verdict: result.Fail, File: "version/505.yaml"},
		{Scenario: "a 505 is read twice", Board: "unix", Verdict: result.Pass, File: "version/twice.yaml"},
	}}
	for words, want := range map[string][]int{
		"1": {0}, "#3": {2}, "0": nil, "4": nil, "-1": nil,
		"unix fail":               {1},
		"505 UNIX":                {1, 2},
		"a 505 is read":           {0, 1}, // and not what only begins so
		"a 505 is read [how=505]": {0, 1},
		"twice.yaml":              {2},
		"nothing":                 nil,
	} {
		require.Equal(t, want, result.Find(r, words), words)
	}
}
