package espytest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/espytest"
)

// The bundled tutorial is a suite like any other.
func TestABundledSuite(t *testing.T) {
	t.Parallel()
	espytest.Run(t, "../scenarios/tutorial", espytest.On("sim", "sim:1.26"), espytest.HTTPVersion("1.0", "1.1"))
}

// example is a copy of the module under examples/gotest, with files of its own.
func example(t *testing.T, files map[string]string) string {
	t.Helper()
	here, err := filepath.Abs("..")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("../examples/gotest")))
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	require.NoError(t, err)
	files["go.mod"] = strings.Replace(string(mod), "../..", here, 1)
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	return dir
}

// goTest runs the tests of a module, and gives what they say.
func goTest(t *testing.T, dir string, args ...string) (out string, passed bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"test", "-count=1", "-v"}, args...)...)
	cmd.Dir = dir
	b, err := cmd.CombinedOutput()
	if err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError), "%s", b)
	}
	return string(b), err == nil
}

func TestTheExampleModulePasses(t *testing.T) {
	t.Parallel()
	out, passed := goTest(t, "../examples/gotest")
	require.True(t, passed, out)
	require.Contains(t, out, "--- PASS: TestTheThermometer/report/sim:1.24")
}

func TestEachVerdictIsWhatGoTestHasForIt(t *testing.T) {
	t.Parallel()
	dir := example(t, map[string]string{
		"scenarios/report.yaml":   "name: fails\nrequest: {post: /posts, json: {}}\nexpect: {status_code: 200}\n",
		"scenarios/known.yaml":    "- {scenario: accepted, fields: [status_code], cause: the API is like that}\n- {scenario: no-reason, fields: [reason], cause: it was so}\n",
		"scenarios/accepted.yaml": "name: accepted\nrequest: {get: /posts/1}\nexpect: {status_code: 418}\n",
		"scenarios/skipped.yaml":  "name: skipped\nneeds: [heap]\nrequest: {get: /posts/1}\n",
		"scenarios/variants.yaml": "name: variants\nfor: {n: [1, 2]}\nrequest: {get: /posts/$(n)}\nexpect: {json: {id: 1}}\n",
		"thermometer_test.go":     strings.Replace(thermometerTest, "$ON", `"sim"`, 1),
	})
	out, passed := goTest(t, dir)
	require.False(t, passed, out)
	require.Contains(t, out, "--- FAIL: TestTheThermometer/report (")
	for _, line := range []string{"fails: fail on sim", "status_code  (scenarios/report.yaml:3)", "want  200", "got   201"} {
		require.Contains(t, out, line)
	}
	require.Contains(t, out, "--- PASS: TestTheThermometer/accepted (")
	require.Contains(t, out, "accepted: known: the API is like that")
	require.Contains(t, out, "--- SKIP: TestTheThermometer/skipped (")
	require.Contains(t, out, "--- PASS: TestTheThermometer/no-reason (")
	require.Contains(t, out, "known.yaml:2: the difference in reason of no-reason is gone")
	require.Contains(t, out, "--- PASS: TestTheThermometer/variants/n=1 (")
	require.Contains(t, out, "--- FAIL: TestTheThermometer/variants/n=2 (")

	out, passed = goTest(t, dir, "-run", "TestTheThermometer/(skipped|no-reason)$")
	require.True(t, passed, out)
	require.NotContains(t, out, "report")
}

func TestTagsAndALedgerOfOnesOwn(t *testing.T) {
	t.Parallel()
	out, passed := goTest(t, example(t, map[string]string{
		"accepted.yaml":           "- {scenario: accepted, fields: [status_code], cause: the API is like that}\n",
		"scenarios/accepted.yaml": "name: accepted\ntags: [api]\nrequest: {get: /posts/1}\nexpect: {status_code: 418}\n",
		"scenarios/slow.yaml":     "name: slow\ntags: [api, later]\nrequest: {get: /posts/1}\nexpect: {status_code: 418}\n",
		"thermometer_test.go": strings.Replace(thermometerTest, "espytest.On($ON)",
			`espytest.Tags("api", "!later"), espytest.Known("accepted.yaml")`, 1),
	}))
	require.True(t, passed, out)
	require.Contains(t, out, "--- PASS: TestTheThermometer/accepted (")
	require.Contains(t, out, "accepted: known: the API is like that")
	require.NotContains(t, out, "slow")
	require.NotContains(t, out, "report")
}

const thermometerTest = `package thermometer

import (
	"testing"

	"github.com/espy-hil/espy/espytest"
)

func TestTheThermometer(t *testing.T) {
	espytest.Run(t, "scenarios", espytest.On($ON), espytest.Client("firmware/thermometer.py"))
}
`

func TestWhatCannotBeRunIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	out, passed := goTest(t, example(t, map[string]string{"scenarios/report.yaml": "name: a\nreqest: {get: /}\n"}))
	require.False(t, passed, out)
	require.Regexp(t, `scenarios/report.yaml:2:1: a scenario has no key "reqest"`, out)
	out, passed = goTest(t, example(t, map[string]string{"thermometer_test.go": strings.Replace(thermometerTest, "$ON", `"toaster"`, 1)}))
	require.False(t, passed, out)
	require.Contains(t, out, `there is no board "toaster"`)
}
