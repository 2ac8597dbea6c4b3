package run_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/scenarios"
)

// get is a scenario that leaves everything open but the status.
const get = `
name: get
request: {get: /albums/1}
expect: {status_code: 200}
`

// files reads scenarios, called a.yaml, b.yaml, ….
func files(t *testing.T, texts ...string) []*scenarios.Scenario {
	t.Helper()
	var all []*scenarios.Scenario
	for i, text := range texts {
		s, err := scenarios.Parse(fmt.Sprintf("%c.yaml", 'a'+i), []byte(text))
		require.NoError(t, err)
		all = append(all, s)
	}
	return all
}

// config is a configuration with the pools, and a witness of what happens.
func config(pools ...run.Pool) (run.Config, *witness) {
	w := &witness{}
	return run.Config{Boards: pools, Connect: connect, Clients: []string{"espy.requests"}, Observer: w}, w
}

// verdicts is what became of each run, in order.
func verdicts(r result.Report) []result.Verdict {
	var all []result.Verdict
	for i := range r.Runs {
		all = append(all, r.Runs[i].Verdict)
	}
	return all
}

func TestARunThatIsAsExpectedPasses(t *testing.T) {
	t.Parallel()
	s := &stage{}
	c, w := config(s.pool("a", 1))
	report := run.Scenarios(t.Context(), c, files(t, get+"about: RFC 9110\ntags: [version]\n"))

	want := result.Report{
		Boards: []result.Board{{Name: "a", Kind: "fake", MicroPython: "1.29.0", Machine: "a fake board", Firmware: result.Firmware{Hash: "ab", Form: "py"}}},
		Runs:   []result.Run{{Scenario: "get", File: "a.yaml", About: "RFC 9110", Tags: []string{"version"}, Board: "a", Client: "espy.requests", Repeat: 1, Attempt: 1, Verdict: result.Pass, Log: "done\n"}},
		Totals: result.Totals{Pass: 1},
	}
	ignore := cmpopts.IgnoreFields(result.Run{}, "Observation", "Servers")
	if d := cmp.Diff(want, report, ignore, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("report (-want +got):\n%s", d)
	}
	got := report.Runs[0]
	require.Equal(t, 200, got.Response.StatusCode)
	require.Len(t, got.Wire, 1)
	require.Equal(t, "GET /albums/1 HTTP/1.1", got.Wire[0].RequestLine)
	require.Contains(t, string(got.Wire[0].Reply), "HTTP/1.1 200 OK\r\n")
	require.Contains(t, got.TimingMS, "run")
	require.Positive(t, got.Wire[0].AtMS)
	require.Positive(t, got.Wire[0].TookMS)
	require.Less(t, got.Wire[0].AtMS, got.TimingMS["run"], "the server may be told that it has sent the last byte when the run is over")
	require.Regexp(t, `^127\.0\.0\.1:\d+$`, got.Servers["main"])
	require.Equal(t, 1, w.planned)
	require.Equal(t, 1, w.started)
	require.Len(t, w.finished, 1)
	require.Zero(t, s.alive, "the board is let go")
}

func TestARunThatContradictsTheFileFailsWithFieldFileAndLine(t *testing.T) {
	t.Parallel()
	s := &stage{}
	c, _ := config(s.pool("a", 1))
	report := run.Scenarios(t.Context(), c, files(t, `
name: wrong
request: {get: /nothing}
expect: {status_code: 200}
wire:
  - GET /albums/1 HTTP/1.1
`))
	want := []result.Diff{
		{Field: "status_code", Want: "200", Got: "404", Source: "a.yaml:4", Origin: result.InReply},
		{Field: "wire[0].request_line", Want: "GET /albums/1 HTTP/1.1", Got: "GET /nothing HTTP/1.1", Source: "a.yaml:6", Origin: result.InRequest, At: &result.Place{Offset: 5, Line: 1, Column: 6, Shown: 5}},
	}
	require.Equal(t, []result.Verdict{result.Fail}, verdicts(report))
	if d := cmp.Diff(want, report.Runs[0].Diffs); d != "" {
		t.Errorf("diffs (-want +got):\n%s", d)
	}
}

func TestAScenarioWhoseNeedsABoardDoesNotOfferIsSkipped(t *testing.T) {
	t.Parallel()
	without, with := &stage{}, &stage{offers: []string{"heap"}}
	c, _ := config(without.pool("small", 1), with.pool("large", 1))
	report := run.Scenarios(t.Context(), c, files(t, get+"needs: [heap]\n"))
	require.Equal(t, []result.Verdict{result.Skip, result.Pass}, verdicts(report))
	require.Equal(t, "board small does not offer heap, which a.yaml:5 needs", report.Runs[0].SkipReason)
	require.Zero(t, without.asked)
}

func TestWhatIsKnownIsReportedWhenTheRunIsInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := &stage{do: func(ctx context.Context, n int, _ agent.Request) (*agent.Record, bool, error) {
		if n < 3 {
			return nil, false, nil
		}
		cancel()
		return nil, true, broken(true, false) // as the interruption makes it
	}}
	c, w := config(s.pool("a", 1))
	c.Repeat = 5
	report := run.Scenarios(ctx, c, files(t, get))
	require.True(t, report.Interrupted)
	require.Equal(t, []result.Verdict{result.Pass, result.Pass}, verdicts(report))
	require.Len(t, w.finished, 2, "the observer hears of runs whose group was left incomplete")
	require.Zero(t, s.alive)
}

func TestARunThatWaitsForOthersIsJudgedByWhatThereIsWhenTheyDoNotCome(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := &stage{do: func(ctx context.Context, n int, r agent.Request) (*agent.Record, bool, error) {
		rec, err := exchange(ctx, r)
		switch n {
		case 3: // the first in the second version, whose noise the fourth would tell
			rec.Response.Reason = "Fine"
		case 4:
			cancel()
			return nil, true, broken(true, false)
		}
		return rec, true, err
	}}
	c, w := config(s.pool("a", 1))
	c.HTTPVersions, c.Repeat = []string{"1.0", "1.1"}, 2
	report := run.Scenarios(ctx, c, files(t, get))
	require.Equal(t, []result.Verdict{result.Pass, result.Pass, result.Diverged}, verdicts(report))
	require.Len(t, w.finished, 3)
}

func TestNoMoreRunsAreMadeAtOnceThanThereAreJobs(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	now, most := 0, 0
	count := func(step int) {
		mu.Lock()
		defer mu.Unlock()
		now += step
		most = max(most, now)
	}
	s := &stage{do: func(ctx context.Context, _ int, r agent.Request) (*agent.Record, bool, error) {
		count(1)
		defer count(-1)
		rec, err := exchange(ctx, r)
		return rec, true, err
	}}
	one, two := s.pool("one", 4), s.pool("two", 4)
	one.Local, two.Local = true, true
	c, _ := config(one, two)
	c.Jobs, c.Repeat = 2, 20
	report := run.Scenarios(t.Context(), c, files(t, get))
	require.Equal(t, 40, report.Totals.Pass)
	require.LessOrEqual(t, most, 2)
}

func TestFailFastStartsNoNewRun(t *testing.T) {
	t.Parallel()
	s := &stage{}
	c, w := config(s.pool("a", 1))
	c.FailFast = true
	report := run.Scenarios(t.Context(), c, files(t, get, "name: wrong\nrequest: {get: /none}\nexpect: {status_code: 200}\n", strings.Replace(get, "get", "later", 1)))
	require.Equal(t, []result.Verdict{result.Pass, result.Fail}, verdicts(report))
	require.True(t, report.Interrupted)
	require.Equal(t, 3, w.planned)
}
