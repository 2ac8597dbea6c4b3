package run_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/scenarios"
)

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
