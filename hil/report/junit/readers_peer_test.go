//go:build peers

package junit_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/junit"
	"github.com/espy-hil/espy/hil/report/reporttest"
	"github.com/espy-hil/espy/hil/result"
)

// saved is a report as a file.
func saved(t *testing.T, r *result.Report) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.xml")
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, junit.Write(f, r))
	return path
}

func TestPeerXmllintFindsItValid(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*result.Report{
		"of every verdict": report(), "hostile": reporttest.Filled(reporttest.Hostile, 1, result.Verdicts...),
		"many": reporttest.Many(50, 3, "sim", "unix"), "nothing": {}, "odd": reporttest.Odd(), "stopped": {Interrupted: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := exec.CommandContext(t.Context(), "xmllint", "--noout", "--schema", "testdata/strict.xsd", saved(t, r)).CombinedOutput()
			require.NoError(t, err, "%s", out)
		})
	}
}

// readBack has python3-junitparser say what it reads.
const readBack = `
import sys
from junitparser import JUnitXml
for suite in JUnitXml.fromfile(sys.argv[1]):
    print(suite.name, suite.tests, suite.failures, suite.errors, suite.skipped)
    for case in suite:
        print(" ", case.classname, case.name, case.time, *(type(r).__name__ + " " + str(r.type) + " " + r.message for r in case.result), sep="|")
`

func TestPeerJunitparserReadsItBack(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", readBack, saved(t, report())).CombinedOutput()
	require.NoError(t, err, "%s", out)
	const at = " (scenarios/version/a.yaml:18)"
	want := "sim espy.requests 2 1 0 0\n" +
		" |scenarios.version.a|a [n=1] HTTP 1.0 repeat 2|1.234\n" +
		" |scenarios.version.a|a [n=2]|1.234|Failure fail status_code: want 200, got 505" + at + "\n" +
		"unix espy.requests 5 2 1 2\n" +
		" |scenarios.version.a|a [n=1]|1.234|Failure diverged reason: want OK, got Fine" + at + ", and 1 field more\n" +
		" |scenarios.version.a|a [n=2]|1.234|Failure flaky verdict: want fail, got pass" + at + "\n" +
		" |scenarios.version.a|a [n=3]|1.234|Error rig rig: want a record, got no such device" + at + "\n" +
		" |scenarios.version.a|a [n=4]|1.234|Skipped None board unix does not offer tls\n" +
		" |scenarios.version.a|a [n=5]|1.234|Skipped None known: so it is; and so\n"
	if d := cmp.Diff(want, string(out)); d != "" {
		t.Errorf("read (-want +got):\n%s", d)
	}
}
