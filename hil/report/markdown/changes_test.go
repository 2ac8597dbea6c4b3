package markdown_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/report/changes"
	"github.com/espy-hil/espy/hil/report/markdown"
	"github.com/espy-hil/espy/hil/report/reporttest"
	"github.com/espy-hil/espy/hil/result"
)

func writeChanges(t require.TestingT, before, after *result.Report) string {
	var b bytes.Buffer
	c := changes.Between(before, after)
	require.NoError(t, markdown.Changes(&b, &c, "yesterday.json", "today.json"))
	return b.String()
}

func TestWhatAPullRequestShowsOfTwoResults(t *testing.T) {
	t.Parallel()
	before, after := reporttest.Many(30, 0, "sim", "unix:esp8266"), reporttest.Many(30, 0, "sim", "unix:esp8266")
	fail := func(r *result.Report, i int) {
		r.Runs[i].Verdict = result.Fail
		r.Runs[i].Diffs = []result.Diff{{Field: "status_code", Want: "200", Got: "505", Source: "a.yaml:7"}, {Field: "reason", Want: "OK", Got: "a|b"}}
	}
	fail(after, 3)
	fail(before, 5)
	fail(after, 5)
	fail(before, 7)
	after.Runs[9].Verdict, after.Runs[9].SkipReason = result.Skip, "board sim does not offer tls"
	after.Runs[11].TimingMS["run"], after.Runs[13].Memory["allocated"] = 9000, 90_000
	before.Runs, after.Runs = before.Runs[1:], after.Runs[:len(after.Runs)-1]
	got := writeChanges(t, before, after) + "\n---\n\n" + writeChanges(t, before, before)
	path := filepath.Join("testdata", "changes.golden")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("markdown (-want +got):\n%s", d)
	}
}

func TestWhatAServerSaysMeansNothingInChangesEither(t *testing.T) {
	t.Parallel()
	inert := regexp.MustCompile(`<code>(?:[-a-zA-Z0-9 /=,+%]|&#\d+;|[^\x00-\x7f])*</code>`)
	ours := regexp.MustCompile(`^[-a-zA-Z0-9 |#*:;,.❌✅⚠️\n]*$`)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.Just(reporttest.Hostile), rapid.String()).Draw(t, "text")
		full, none := reporttest.Filled(text, 1, result.Verdicts...), &result.Report{}
		for _, r := range [][2]*result.Report{{full, none}, {none, full}, {full, full}} {
			got := strings.ReplaceAll(writeChanges(t, r[0], r[1]), "<span>&#64;</span>", "")
			if rest := strings.ReplaceAll(inert.ReplaceAllString(got, ""), "<br>", ""); !ours.MatchString(rest) {
				t.Fatalf("outside of code: %q", rest)
			}
		}
	})
}

func TestResultsThatLackWhatTheyMayAreWritten(t *testing.T) {
	t.Parallel()
	odd, other := reporttest.Odd(), reporttest.Many(2, 0, "sim")
	require.Contains(t, write(t, odd), "### Espy: ")
	require.Contains(t, writeChanges(t, odd, odd), "### Espy: ")
	require.Contains(t, writeChanges(t, odd, other), "### Espy: ⚠️ they have no run in common\n")
}

func TestChangesAreNeverLargerThanACommentMayBe(t *testing.T) {
	t.Parallel()
	r := reporttest.Many(3000, 1, "sim")
	for i := range r.Runs {
		r.Runs[i].Scenario = strings.Repeat("`", 5000) + fmt.Sprint(i)
	}
	got := writeChanges(t, &result.Report{}, r)
	require.Less(t, len(got), 65_536)
	require.Regexp(t, `\nand \d+ more changes, for which there is no room here`, got)
	require.Contains(t, got, "❌ 3000 new\n")
}
