package junit_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/report/junit"
	"github.com/espy-hil/espy/hil/report/reporttest"
	"github.com/espy-hil/espy/hil/result"
)

// suites is what a reader of the form sees.
type suites struct {
	Suites []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Class   string `xml:"classname,attr"`
			Time    string `xml:"time,attr"`
			Failure *told  `xml:"failure"`
			Error   *told  `xml:"error"`
			Skipped *told  `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type told struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

func read(t require.TestingT, r *result.Report) suites {
	var b bytes.Buffer
	require.NoError(t, junit.Write(&b, r))
	var all suites
	require.NoError(t, xml.Unmarshal(b.Bytes(), &all))
	return all
}

func report() *result.Report {
	diff := func(field, want, got string) []result.Diff {
		return []result.Diff{{Field: field, Want: want, Got: got, Source: "scenarios/version/a.yaml:18"}}
	}
	run := func(board, variant string, v result.Verdict, change func(*result.Run)) result.Run {
		r := result.Run{
			Scenario: "a", File: "./scenarios/version/a.yaml", Variant: variant, Board: board, Client: "espy.requests", Repeat: 1, Verdict: v,
			Observation: result.Observation{TimingMS: map[string]float64{"run": 1234.5}},
		}
		change(&r)
		return r
	}
	return &result.Report{
		Espy: "v1", Started: "2026-11-25T02:00:00Z",
		Boards: []result.Board{{Name: "sim", Kind: "webassembly", MicroPython: "1.29.0"}, {Name: "unix"}},
		Runs: []result.Run{
			run("sim", "n=1", result.Pass, func(r *result.Run) { r.HTTPVersion, r.Repeat = "1.0", 2 }),
			run("sim", "n=2", result.Fail, func(r *result.Run) {
				r.Diffs, r.Log = diff("status_code", "200", "505"), "Panic\n"
				r.Wire = []result.Exchange{{Server: "main", Connection: 1, RequestLine: "GET / HTTP/1.1"}}
				r.Since = "2026-11-20T02:00:00Z"
			}),
			run("unix", "n=1", result.Diverged, func(r *result.Run) { r.Diffs = append(diff("reason", "OK", "Fine"), diff("url", "a", "b")...) }),
			run("unix", "n=2", result.Flaky, func(r *result.Run) { r.Diffs = diff("verdict", "fail", "pass") }),
			run("unix", "n=3", result.Rig, func(r *result.Run) { r.Diffs = diff("rig", "a record", "no such device") }),
			run("unix", "n=4", result.Skip, func(r *result.Run) { r.SkipReason = "board unix does not offer tls" }),
			run("unix", "n=5", result.Known, func(r *result.Run) { r.Diffs, r.Known = diff("reason", "OK", ""), []string{"so it is", "and so"} }),
		},
	}
}

func TestVerdictsBecomeOutcomes(t *testing.T) {
	t.Parallel()
	all := read(t, report())
	require.Len(t, all.Suites, 2)
	got := map[string]string{}
	for _, s := range all.Suites {
		for _, c := range s.Cases {
			require.Equal(t, "scenarios.version.a", c.Class)
			require.Equal(t, "1.234", c.Time)
			outcome := "passed"
			switch {
			case c.Failure != nil:
				outcome = "failure " + c.Failure.Type + ": " + c.Failure.Message
			case c.Error != nil:
				outcome = "error " + c.Error.Type + ": " + c.Error.Message
			case c.Skipped != nil:
				outcome = "skipped: " + c.Skipped.Message
			}
			got[s.Name+": "+c.Name] = outcome
		}
	}
	const at = " (scenarios/version/a.yaml:18)"
	want := map[string]string{
		"sim espy.requests: a [n=1] HTTP 1.0 repeat 2": "passed",
		"sim espy.requests: a [n=2]":                   "failure fail: status_code: want 200, got 505" + at,
		"unix espy.requests: a [n=1]":                  "failure diverged: reason: want OK, got Fine" + at + ", and 1 field more",
		"unix espy.requests: a [n=2]":                  "failure flaky: verdict: want fail, got pass" + at,
		"unix espy.requests: a [n=3]":                  "error rig: rig: want a record, got no such device" + at,
		"unix espy.requests: a [n=4]":                  "skipped: board unix does not offer tls",
		"unix espy.requests: a [n=5]":                  "skipped: known: so it is; and so",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("outcomes (-want +got):\n%s", d)
	}
	unix := all.Suites[1]
	require.Equal(t, []int{5, 2, 1, 2}, []int{unix.Tests, unix.Failures, unix.Errors, unix.Skipped})
	text := all.Suites[0].Cases[1].Failure.Text
	for _, part := range []string{"want  200", "> GET / HTTP/1.1  (main, connection 1)", "| Panic\n", "since 2026-11-20T02:00:00Z"} {
		require.Contains(t, text, part)
	}
}

// A reader that sees nothing but green must not be told of what was not run.
func TestWhatIsNoRunAndYetABadEndIsATestCase(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		report  result.Report
		failure bool
		says    string
	}{
		"a stale entry of the ledger": {
			result.Report{
				Stale: []result.Accepted{{Source: "known.yaml:3", Scenario: "version/*", Fields: []string{"reason"}, Cause: "so it is"}},
				Runs:  []result.Run{{Verdict: result.Pass}},
			}, true, "the difference in reason of version/* is gone: take the entry out of the ledger",
		},
		"stopped early": {result.Report{Interrupted: true, Runs: []result.Run{{Verdict: result.Pass}}}, false, "it was stopped early: not all runs were made"},
		"nothing":       {result.Report{}, false, "nothing was run"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := read(t, &test.report)
			s := all.Suites[len(all.Suites)-1]
			require.Equal(t, 1, s.Tests)
			if test.failure {
				require.Equal(t, 1, s.Failures)
				require.Equal(t, test.says, s.Cases[0].Failure.Message)
			} else {
				require.Equal(t, 1, s.Errors)
				require.Equal(t, test.says, s.Cases[0].Error.Message)
			}
		})
	}
}

// forbidden is what XML 1.0 has no place for (2.2), and what turns text around.
func forbidden(r rune) bool {
	return r < 0x20 && r != '\n' && r != '\t' && r != '\r' || r == 0xfffe || r == 0xffff || r == 0xfffd || r >= 0x202a && r <= 0x202e
}

func TestNothingFromOutsideBreaksTheForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.Just(reporttest.Hostile), rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		var b bytes.Buffer
		require.NoError(t, junit.Write(&b, reporttest.Filled(text, -1, result.Verdicts...)))
		if at := strings.IndexFunc(b.String(), forbidden); at >= 0 {
			t.Fatalf("%q", b.String()[max(0, at-200):at+20])
		}
		for d := xml.NewDecoder(&b); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAWriterThatFailsIsReported(t *testing.T) {
	t.Parallel()
	for room := range 3 {
		require.ErrorIs(t, junit.Write(&short{room * 500}, report()), errShort)
	}
}

var errShort = errors.New("no room")

type short struct{ room int }

func (s *short) Write(p []byte) (int, error) {
	if s.room -= len(p); s.room < 0 {
		return 0, errShort
	}
	return len(p), nil
}
