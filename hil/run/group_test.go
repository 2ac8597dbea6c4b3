package run_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
)

func TestABoardThatDiffersFromTheFirstWhereTheFileIsSilentDiverges(t *testing.T) {
	t.Parallel()
	first, second := &stage{}, &stage{do: func(ctx context.Context, _ int, r agent.Request) (*agent.Record, bool, error) {
		rec, err := exchange(ctx, r)
		rec.Response.Reason = "Fine"
		return rec, true, err
	}}
	c, _ := config(first.pool("first", 1), second.pool("second", 1))
	open := "name: open\nrequest: {get: /albums/1}\n"
	fixed := "name: fixed\nrequest: {get: /albums/1}\nexpect: {reason: ~.}\n"
	report := run.Scenarios(t.Context(), c, files(t, open, fixed))
	require.Equal(t, []result.Verdict{result.Pass, result.Diverged, result.Pass, result.Pass}, verdicts(report))
	want := []result.Diff{{Field: "reason", Want: "OK", Got: "Fine", Source: "board first", Origin: result.InReading}}
	if d := cmp.Diff(want, report.Runs[1].Diffs); d != "" {
		t.Errorf("diffs (-want +got):\n%s", d)
	}
}

func TestARigsRunIsNoReference(t *testing.T) {
	t.Parallel()
	first, second := &stage{open: func(context.Context, int) error { return errors.New("gone") }}, &stage{}
	c, _ := config(first.pool("first", 1), second.pool("second", 1))
	require.Equal(t, []result.Verdict{result.Rig, result.Pass}, verdicts(run.Scenarios(t.Context(), c, files(t, get))))
}

// Of a place whose first repeat the rig has spoilt, the next is the measure.
func TestWhereTheRigSpoiltTheFirstRepeatTheNextIsTheReference(t *testing.T) {
	t.Parallel()
	spoilt := func(reason func(n int) string) *stage {
		return &stage{do: func(ctx context.Context, n int, r agent.Request) (*agent.Record, bool, error) {
			if n == 1 {
				return nil, true, broken(true, true)
			}
			rec, err := exchange(ctx, r)
			rec.Response.Reason = reason(n)
			return rec, true, err
		}}
	}
	same := func(int) string { return "OK" }
	other := func(int) string { return "Fine" }
	unsteady := func(n int) string { return fmt.Sprint("Fine ", n) }
	const rig, pass, flaky, diverged = result.Rig, result.Pass, result.Flaky, result.Diverged
	tests := map[string]struct {
		first  *stage
		want   []result.Verdict
		source string // of the last run's diffs
	}{
		"they agree":                  {spoilt(same), []result.Verdict{rig, pass, pass, pass, pass, pass}, ""},
		"the other board diverges":    {spoilt(other), []result.Verdict{rig, pass, pass, diverged, diverged, diverged}, "board first"},
		"the repeats that are differ": {spoilt(unsteady), []result.Verdict{rig, pass, flaky, pass, pass, pass}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steady := &stage{}
			c, w := config(test.first.pool("first", 1), steady.pool("second", 1))
			c.Repeat = 3
			report := run.Scenarios(t.Context(), c, files(t, "name: open\nrequest: {get: /albums/1}\n"))
			require.Equal(t, test.want, verdicts(report))
			require.Len(t, w.finished, len(test.want))
			if test.source != "" {
				require.Equal(t, test.source, report.Runs[5].Diffs[0].Source)
			}
			if report.Runs[2].Verdict == flaky {
				require.Equal(t, "board first, repeat 2", report.Runs[2].Diffs[0].Source)
			}
		})
	}
}

func TestRepeatsThatDifferAreFlaky(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		reason string
		expect string
		want   []result.Verdict
		field  string
	}{
		"where the file is silent":              {200, "Fine", "", []result.Verdict{result.Pass, result.Flaky, result.Pass}, "reason"},
		"where one is not as the file says":     {500, "OK", "expect: {status_code: 200}", []result.Verdict{result.Pass, result.Fail, result.Pass}, "status_code"},
		"where the first is not as it ought be": {200, "OK", "expect: {status_code: 500}", []result.Verdict{result.Fail, result.Fail, result.Fail}, "status_code"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &stage{do: func(ctx context.Context, n int, r agent.Request) (*agent.Record, bool, error) {
				rec, err := exchange(ctx, r)
				if n == 2 {
					rec.Response.StatusCode, rec.Response.Reason = test.status, test.reason
				}
				return rec, true, err
			}}
			c, _ := config(s.pool("a", 1))
			c.Repeat = 3
			report := run.Scenarios(t.Context(), c, files(t, "name: again\nrequest: {get: /albums/1}\n"+test.expect))
			require.Equal(t, test.want, verdicts(report))
			require.Equal(t, test.field, report.Runs[1].Diffs[0].Field)
		})
	}
}

func TestARepeatThatPassesAfterAFailureIsFlaky(t *testing.T) {
	t.Parallel()
	s := &stage{do: func(ctx context.Context, n int, r agent.Request) (*agent.Record, bool, error) {
		rec, err := exchange(ctx, r)
		if n == 1 {
			rec.Response.StatusCode = 500
		}
		return rec, true, err
	}}
	c, _ := config(s.pool("a", 1))
	c.Repeat = 2
	report := run.Scenarios(t.Context(), c, files(t, get))
	require.Equal(t, []result.Verdict{result.Fail, result.Flaky}, verdicts(report))
	want := []result.Diff{{Field: "verdict", Want: "fail", Got: "pass", Source: "board a, repeat 1"}}
	if d := cmp.Diff(want, report.Runs[1].Diffs); d != "" {
		t.Errorf("diffs (-want +got):\n%s", d)
	}
}

func TestTheHTTPVersionIsAnAxisForFilesThatLeaveItOpen(t *testing.T) {
	t.Parallel()
	s := &stage{}
	c, _ := config(s.pool("a", 1))
	c.HTTPVersions = []string{"1.0", "1.1"}
	report := run.Scenarios(
		t.Context(), c, files(t,
			"name: open\nrequest: {get: /albums/1}\nwire: ['~^GET /albums/1 HTTP/1\\.[01]$']\n",
			"name: asked\nrequest: {get: /albums/1, http_version: 1.0}\n",
			"name: expected\nrequest: {get: /albums/1}\nwire: [GET /albums/1 HTTP/1.1]\n",
			"name: refused\nserver: {versions: {accept: ['1.0']}}\nrequest: {get: /albums/1}\n",
		))
	var got []string
	for _, r := range report.Runs {
		got = append(got, fmt.Sprintf("%s %q %s %s", r.Scenario, r.HTTPVersion, r.Verdict, r.Wire[0].RequestLine))
	}
	want := []string{
		`open "1.0" pass GET /albums/1 HTTP/1.0`,
		`open "1.1" pass GET /albums/1 HTTP/1.1`,
		`asked "1.0" pass GET /albums/1 HTTP/1.0`,
		`expected "" pass GET /albums/1 HTTP/1.1`,
		`refused "1.0" pass GET /albums/1 HTTP/1.0`,
		`refused "1.1" diverged GET /albums/1 HTTP/1.1`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("runs (-want +got):\n%s", d)
	}
	require.Equal(t, "board a, http_version 1.0", report.Runs[5].Diffs[0].Source)
}

func TestWhatIsFlakyInOneHTTPVersionIsNoDivergenceOfAnother(t *testing.T) {
	t.Parallel()
	s := &stage{do: func(ctx context.Context, n int, r agent.Request) (*agent.Record, bool, error) {
		rec, err := exchange(ctx, r)
		rec.Response.Reason = fmt.Sprint("Fine ", n)
		return rec, true, err
	}}
	c, _ := config(s.pool("a", 1))
	c.HTTPVersions, c.Repeat = []string{"1.0", "1.1"}, 2
	report := run.Scenarios(t.Context(), c, files(t, "name: open\nrequest: {get: /albums/1}\n"))
	require.Equal(t, []result.Verdict{result.Pass, result.Flaky, result.Pass, result.Flaky}, verdicts(report))
}

func TestTheOrderOfTheReportDoesNotDependOnTheJobs(t *testing.T) {
	t.Parallel()
	text := "name: many\nfor: {n: [1, 2, 3, 4, 5, 6]}\nrequest: {get: /albums/$(n)}\n"
	names := func(size int) []string {
		one, two := &stage{}, &stage{}
		c, w := config(one.pool("one", size), two.pool("two", size))
		c.Repeat = 2
		c.HTTPVersions = []string{"1.0", "1.1"}
		report := run.Scenarios(t.Context(), c, files(t, text))
		require.Len(t, w.finished, w.planned)
		require.Zero(t, one.alive+two.alive)
		var list []string
		for _, r := range report.Runs {
			require.Equal(t, result.Pass, r.Verdict)
			list = append(list, fmt.Sprint(r.Variant, " ", r.HTTPVersion, " ", r.Board, " ", r.Repeat))
		}
		return list
	}
	one := names(1)
	require.Equal(t, []string{"n=1 1.0 one 1", "n=1 1.0 one 2", "n=1 1.0 two 1", "n=1 1.0 two 2", "n=1 1.1 one 1"}, one[:5])
	if d := cmp.Diff(one, names(5)); d != "" {
		t.Errorf("order (-one job +five jobs):\n%s", d)
	}
}

// What differs between repeats on one board says nothing of another board, whichever
// of the two it is that is not steady.
func TestWhatIsFlakyOnOneBoardIsNoDivergenceOfAnother(t *testing.T) {
	t.Parallel()
	steady := func() *stage { return &stage{} }
	unsteady := func() *stage {
		return &stage{do: func(ctx context.Context, n int, r agent.Request) (*agent.Record, bool, error) {
			rec, err := exchange(ctx, r)
			rec.Response.Reason = fmt.Sprintf("Fine %d", n)
			return rec, true, err
		}}
	}
	other := func() *stage {
		return &stage{do: func(ctx context.Context, _ int, r agent.Request) (*agent.Record, bool, error) {
			rec, err := exchange(ctx, r)
			rec.Response.Reason, rec.Response.URL = "Other", "http://else/"
			return rec, true, err
		}}
	}
	const pass, flaky, diverged = result.Pass, result.Flaky, result.Diverged
	tests := map[string]struct {
		first, second *stage
		repeat        int
		want          []result.Verdict
		fields        []string // of the second board's first run
	}{
		"the reference is not steady": {unsteady(), steady(), 2, []result.Verdict{pass, flaky, pass, pass}, nil},
		"the other is not steady":     {steady(), unsteady(), 2, []result.Verdict{pass, pass, pass, flaky}, nil},
		"what is steady still counts": {unsteady(), other(), 2, []result.Verdict{pass, flaky, diverged, diverged}, []string{"url"}},
		"both are steady":             {steady(), other(), 2, []result.Verdict{pass, pass, diverged, diverged}, []string{"reason", "url"}},
		"without repeats none is":     {unsteady(), steady(), 1, []result.Verdict{pass, diverged}, []string{"reason"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, w := config(test.first.pool("first", 1), test.second.pool("second", 1))
			c.Repeat = test.repeat
			report := run.Scenarios(t.Context(), c, files(t, "name: open\nrequest: {get: /albums/1}\n"))
			require.Equal(t, test.want, verdicts(report))
			require.Len(t, w.finished, len(test.want))
			var fields []string
			for _, d := range report.Runs[test.repeat].Diffs {
				fields = append(fields, d.Field)
			}
			require.Equal(t, test.fields, fields)
		})
	}
}
