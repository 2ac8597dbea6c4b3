package run_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

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
	return run.Config{Boards: pools, Connect: connect, Client: "espy.requests", Observer: w}, w
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
	report := run.Scenarios(t.Context(), c, files(t, get))

	want := result.Report{
		Boards: []result.Board{{Name: "a", Kind: "fake", MicroPython: "1.29.0", Machine: "a fake board", Firmware: result.Firmware{Hash: "ab", Form: "py"}}},
		Runs:   []result.Run{{Scenario: "get", File: "a.yaml", Board: "a", Client: "espy.requests", Repeat: 1, Attempt: 1, Verdict: result.Pass, Log: "done\n"}},
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
		{Field: "status_code", Want: "200", Got: "404", Source: "a.yaml:4"},
		{Field: "wire[0].request_line", Want: "GET /albums/1 HTTP/1.1", Got: "GET /nothing HTTP/1.1", Source: "a.yaml:6"},
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

func TestWhatTheRigBreaksBeforeTheStartIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := &stage{do: func(_ context.Context, n int, _ agent.Request) (*agent.Record, bool, error) {
		return nil, n < 3, broken(false, true)
	}}
	c, w := config(s.pool("a", 1))
	report := run.Scenarios(t.Context(), c, files(t, get))
	require.Equal(t, []result.Verdict{result.Pass}, verdicts(report))
	require.Equal(t, 3, report.Runs[0].Attempt)
	require.Equal(t, 2, s.reset, "the board is reset between attempts")
	require.Equal(t, 3, s.opened)
	require.Equal(t, 1, w.started)
}

func TestWhatTheRigBreaksThreeTimesIsRig(t *testing.T) {
	t.Parallel()
	s := &stage{do: func(_ context.Context, n int, _ agent.Request) (*agent.Record, bool, error) {
		return nil, n <= 3, broken(false, true)
	}}
	c, _ := config(s.pool("a", 1))
	report := run.Scenarios(t.Context(), c, files(t, get, strings.Replace(get, "get", "again", 1)))
	require.Equal(t, []result.Verdict{result.Rig, result.Pass}, verdicts(report), "the next run is not spoilt")
	require.Equal(t, 3, report.Runs[0].Attempt)
	require.Equal(t, "rig", report.Runs[0].Diffs[0].Field)
}

func TestWhatBreaksAfterTheStartIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rig  bool
		want result.Verdict
	}{
		"the firmware hung, reset or crashed": {false, result.Fail},
		"the rig lost the record":             {true, result.Rig},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &stage{do: func(ctx context.Context, n int, r agent.Request) (*agent.Record, bool, error) {
				if n > 1 {
					return nil, false, nil
				}
				_, err := exchange(ctx, r) // the request is out, and then nothing is heard
				return nil, true, errors.Join(err, broken(true, test.rig))
			}}
			c, _ := config(s.pool("a", 1))
			report := run.Scenarios(t.Context(), c, files(t, get, strings.Replace(get, "get", "again", 1)))
			require.Equal(t, []result.Verdict{test.want, result.Pass}, verdicts(report))
			require.Equal(t, 1, report.Runs[0].Attempt)
			require.Len(t, report.Runs[0].Wire, 1, "what the server saw is kept")
			require.Equal(t, 1, s.reset)
		})
	}
}

func TestAHungBoardIsGivenUpWhenTheScenariosTimeIsOver(t *testing.T) {
	t.Parallel()
	s := &stage{do: func(ctx context.Context, _ int, _ agent.Request) (*agent.Record, bool, error) {
		<-ctx.Done()
		return nil, true, broken(true, false)
	}}
	c, _ := config(s.pool("a", 1))
	c.Limits.Request = time.Millisecond
	report := run.Scenarios(t.Context(), c, files(t, `
name: hangs
request: {get: /albums/1, timeout: 10ms}
`))
	require.Equal(t, []result.Verdict{result.Fail}, verdicts(report))
	require.Equal(t, "a.yaml:3", report.Runs[0].Diffs[0].Source)
	require.Equal(t, "run", report.Runs[0].Diffs[0].Field)
}

func TestABoardThatCannotBeOpenedMakesItsRunsRigAndNoOthers(t *testing.T) {
	t.Parallel()
	dead, well := &stage{open: func(context.Context, int) error { return errors.New("no prompt") }}, &stage{}
	c, _ := config(dead.pool("dead", 1), well.pool("well", 2))
	report := run.Scenarios(t.Context(), c, files(t, get, strings.Replace(get, "get", "again", 1)))
	require.Equal(t, []result.Verdict{result.Rig, result.Pass, result.Rig, result.Pass}, verdicts(report))
	require.Equal(t, 3, dead.opened, "it is not tried for ever")
	require.Contains(t, report.Runs[2].Diffs[0].Got, "board dead is given up after 3 attempts")
	require.Contains(t, report.Runs[2].Diffs[0].Got, "no prompt")
	require.Equal(t, []string{"dead", "well"}, []string{report.Boards[0].Name, report.Boards[1].Name})
}

func TestABoardThatCannotBePoweredMakesItsRunsRig(t *testing.T) {
	t.Parallel()
	s := &stage{power: func(int) error { return errors.New("no runtime") }}
	c, _ := config(s.pool("a", 1))
	report := run.Scenarios(t.Context(), c, files(t, get))
	require.Equal(t, []result.Verdict{result.Rig}, verdicts(report))
	require.Contains(t, report.Runs[0].Diffs[0].Got, "no runtime")
}

func TestTheOthersOfAPoolTakeOverFromABoardThatFails(t *testing.T) {
	t.Parallel()
	var texts []string
	for i := range 12 {
		texts = append(texts, strings.Replace(get, "get", fmt.Sprint("n", i), 1))
	}
	s := &stage{power: func(n int) error {
		if n > 1 {
			return errors.New("only one board there is")
		}
		return nil
	}}
	c, _ := config(s.pool("a", 3))
	report := run.Scenarios(t.Context(), c, files(t, texts...))
	require.Equal(t, len(texts), report.Totals.All())
	require.LessOrEqual(t, report.Totals.Rig, 2, "one run at most for each board that fails")
}

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
	want := []result.Diff{{Field: "reason", Want: "OK", Got: "Fine", Source: "board first"}}
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

func TestANetworkedBoardSaysWhereServersListen(t *testing.T) {
	t.Parallel()
	s := &stage{host: "espy.test"}
	c, _ := config(s.pool("a", 1))
	report := run.Scenarios(t.Context(), c, files(t, `
name: two servers
servers:
  main: {}
  other: {routes: [{on: GET /here, body: "you are at $(other.host)"}]}
request: {get: "$(other)/here", headers: {x-main: "$(server) $(main.host)"}}
expect: {status_code: 200, text: you are at espy.test}
wire: [{line: GET /here HTTP/1.1, server: other, headers: {x-main: "~^http://espy.test:\\d+ espy.test$"}}]
`))
	require.Equal(t, []result.Verdict{result.Pass}, verdicts(report), "%v", report.Runs[0].Diffs)
	require.Equal(t, []string{"main", "other"}, s.listeners)
}

const chain = `
name: chain
steps:
  - request: {get: /albums/3}
    save: {id: .json.id, status: .status_code}
    wire: [GET /albums/3 HTTP/1.1]
  - request: {get: "/albums/$(id)?status=$(status)"}
    wait: 1ms
    expect: {status_code: 200, json: {id: 3}}
    wire: ['~^GET /albums/3\?status=200 ']
`

func TestStepsFollowEachOtherAndPassOnWhatTheySave(t *testing.T) {
	t.Parallel()
	s := &stage{}
	c, _ := config(s.pool("a", 1))
	r := run.Scenarios(t.Context(), c, files(t, chain)).Runs[0]
	require.Equal(t, result.Pass, r.Verdict, "%v", r.Diffs)
	require.Len(t, r.Steps, 2)
	require.Len(t, r.Wire, 2)
	require.Len(t, r.Steps[1].Wire, 1)
}

func TestStepsShareTheClientAndRunsDoNot(t *testing.T) {
	t.Parallel()
	var asked []string
	s := &stage{do: func(_ context.Context, _ int, r agent.Request) (*agent.Record, bool, error) {
		asked = append(asked, fmt.Sprint(r.Step, " ", r.Session))
		return nil, false, nil
	}}
	c, _ := config(s.pool("a", 1))
	run.Scenarios(t.Context(), c, files(t, chain, strings.Replace(chain, "name: chain", "name: session\nsession: true", 1)))
	require.Equal(t, []string{"0 false", "1 false", "0 true", "1 true"}, asked)
}

func TestAStepThatIsNotAsExpectedIsTheLast(t *testing.T) {
	t.Parallel()
	s := &stage{}
	c, _ := config(s.pool("a", 1))
	r := run.Scenarios(t.Context(), c, files(t, strings.Replace(chain, "/albums/3}", "/none}", 1))).Runs[0]
	require.Equal(t, result.Fail, r.Verdict)
	require.Len(t, r.Steps, 1)
	require.Equal(t, "steps[0].wire[0].request_line", r.Diffs[0].Field)
	require.Equal(t, result.Diff{Field: "steps[0].save.id", Want: ".json.id", Got: "absent", Source: "a.yaml:5"}, r.Diffs[1])
}

func TestARequestBeyondTheRawRepliesFails(t *testing.T) {
	t.Parallel()
	s := &stage{do: func(ctx context.Context, _ int, r agent.Request) (*agent.Record, bool, error) {
		if _, err := exchange(ctx, r); err != nil {
			return nil, true, err
		}
		rec, err := exchange(ctx, r)
		rec.Raises = nil
		return rec, true, err
	}}
	c, _ := config(s.pool("a", 1))
	r := run.Scenarios(t.Context(), c, files(t, "name: raw\nserver: {raw: [[\"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n\"]]}\nrequest: {get: /}\n")).Runs[0]
	require.Equal(t, result.Fail, r.Verdict)
	require.Equal(t, "wire", r.Diffs[0].Field)
	require.Contains(t, r.Diffs[0].Got, "server main got request 2")
}

func TestAPanicOfAWorkerReachesTheCaller(t *testing.T) {
	t.Parallel()
	s := &stage{do: func(context.Context, int, agent.Request) (*agent.Record, bool, error) { panic("a bug") }}
	c, _ := config(s.pool("a", 1))
	defer func() {
		require.Contains(t, fmt.Sprint(recover()), "a bug")
		require.Zero(t, s.alive, "the board is let go")
	}()
	run.Scenarios(t.Context(), c, files(t, get))
	t.Error("the panic was lost")
}

func TestARequestReachesTheAgentInItsWords(t *testing.T) {
	t.Parallel()
	var got agent.Request
	s := &stage{do: func(_ context.Context, _ int, r agent.Request) (*agent.Record, bool, error) {
		got = r
		return nil, false, nil
	}}
	c, _ := config(s.pool("a", 1))
	run.Scenarios(t.Context(), c, files(t, `
name: all of it
request:
  method: PUT
  url: /albums/1?a=b
  http_version: auto
  headers: {X-A: one}
  json: {b: 1, a: [null]}
  auth: [user, password]
  timeout: 2s
  deadline: 3s
  allow_redirects: false
  read: {iter_content: 512}
expect: {json: {a: 1}, types: {text: str, json.a: int}}
`))
	require.Regexp(t, `^http://127\.0\.0\.1:\d+/albums/1\?a=b$`, got.URL)
	want := agent.Request{
		Client: "espy.requests", Method: "PUT", HTTPVersion: "auto", Headers: [][2]string{{"X-A", "one"}}, HasJSON: true,
		JSON: scenarios.Object{{Key: "b", Value: int64(1)}, {Key: "a", Value: []any{nil}}}, Auth: &[2]string{"user", "password"},
		TimeoutMS: new(int64(2000)), DeadlineMS: new(int64(3000)), AllowRedirects: new(false),
		Read: "iter_content", ReadSize: 512, Want: []string{"text", "json"}, Types: []string{"text", "json.a"}, BodyLimit: 64 << 10,
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(agent.Request{}, "URL")); d != "" {
		t.Errorf("request (-want +got):\n%s", d)
	}
}
