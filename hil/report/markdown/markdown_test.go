package markdown_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/report/markdown"
	"github.com/espy-hil/espy/hil/report/reporttest"
	"github.com/espy-hil/espy/hil/result"
)

var update = flag.Bool("update", false, "write the golden files anew")

func write(t require.TestingT, r *result.Report) string {
	var b bytes.Buffer
	require.NoError(t, markdown.Write(&b, r))
	return b.String()
}

func TestWhatAPullRequestShows(t *testing.T) {
	t.Parallel()
	failing := reporttest.Many(5, 2, "sim", "unix:esp8266")
	failing.Started, failing.Previous = "2026-11-25T02:00:00Z", "2026-11-24T02:00:00Z"
	failing.Runs[3].Since, failing.Runs[7].Since = "2026-11-24T02:00:00Z", "2026-11-25T02:00:00Z"
	failing.Runs[7].Diffs[0].Got = "426"
	failing.Runs[0].Mended = true
	failing.Stale = []result.Accepted{{Source: "known.yaml:3", Scenario: "version/*", Fields: []string{"reason"}}}
	stopped := reporttest.Many(3, 0, "sim")
	stopped.Interrupted = true
	for name, r := range map[string]*result.Report{
		"failing": failing, "passing": reporttest.Many(3, 0, "sim"), "stopped": stopped, "nothing": {Espy: "v1", Started: "2026-11-25T02:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := write(t, r)
			path := filepath.Join("testdata", name+".golden")
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("markdown (-want +got):\n%s", d)
			}
		})
	}
}

// Outside of code nothing stands but what this package says; in it, nothing but words
// and entities.
func TestWhatAServerSaysMeansNothing(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile(`<code>([^<]*)</code>`)
	inert := regexp.MustCompile(`^(?:[-a-zA-Z0-9 /=,+%]|&#\d+;|[^\x00-\x7f])*$`)
	ours := regexp.MustCompile(`^[-a-zA-Z0-9 |#*:;,.()%❌✅⚠️\n]*$`)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.Just(reporttest.Hostile), rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		got := strings.ReplaceAll(write(t, reporttest.Filled(text, 1, result.Verdicts...)), "<span>&#64;</span>", "")
		for _, m := range code.FindAllStringSubmatch(got, -1) {
			if !inert.MatchString(m[1]) {
				t.Fatalf("in code: %q", m[1])
			}
		}
		if rest := strings.ReplaceAll(code.ReplaceAllString(got, ""), "<br>", ""); !ours.MatchString(rest) {
			t.Fatalf("outside of code: %q", rest)
		}
	})
}

func TestItIsNeverLargerThanACommentMayBe(t *testing.T) {
	t.Parallel()
	r := reporttest.Many(3000, 1, "sim")
	for i := range r.Runs {
		r.Runs[i].Scenario = strings.Repeat("`", 5000) + fmt.Sprint(i)
		r.Runs[i].Board = strings.Repeat("|", 500) + fmt.Sprint(i%500)
		r.Runs[i].Diffs[0].Got = fmt.Sprint(i, strings.Repeat("<", 5000))
		r.Stale = append(r.Stale, result.Accepted{Source: strings.Repeat("<", 5000)})
	}
	got := write(t, r)
	require.Less(t, len(got), 65_536)
	require.True(t, regexp.MustCompile(`\nand \d+ findings like these, for which there is no room here`).MatchString(got), "what is left out is said")
}
