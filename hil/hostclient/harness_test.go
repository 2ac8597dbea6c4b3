package hostclient_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/hostclient"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a server as server: of a scenario has it, and gives it and its URL.
func serve(t *testing.T, server string) (*fakeapi.Server, string) {
	t.Helper()
	var p plan.Server
	if server != "" {
		s, err := scenarios.Parse("a.yaml", []byte("name: a\nserver: "+server+"\nrequest: {get: /}\n"))
		require.NoError(t, err)
		p = s.Variants[0].Servers[0].Plan
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	f := fakeapi.Start(l, "main", p)
	t.Cleanup(func() { _ = f.Close() })
	return f, "http://" + l.Addr().String()
}

// do makes a request with a client, and gives what came of it.
func do(t *testing.T, client string, r agent.Request) *agent.Record {
	t.Helper()
	l := hostclient.Open()
	defer l.Close()
	r.Client, r.BodyLimit = client, 1<<16
	if r.Method == "" {
		r.Method = "GET"
	}
	require.Empty(t, l.Lacks(r))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	record, err := l.Do(ctx, r)
	require.NoError(t, err)
	return record
}

// conform holds a client to what every client is to yield.
func conform(t *testing.T, client string) {
	t.Run("a reply is reported field by field", func(t *testing.T) {
		t.Parallel()
		_, base := serve(t, "")
		r := do(t, client, agent.Request{URL: base + "/albums/1", Want: []string{"text", "json"}}).Response
		require.Equal(t, []any{200, "OK", "1.1", "1.1", base + "/albums/1"}, []any{r.StatusCode, r.Reason, r.Version, r.RequestVersion, r.URL})
		require.Contains(t, r.Headers, [2]string{"Content-Type", "application/json; charset=utf-8"})
		require.JSONEq(t, string(r.Body.Base64), string(r.JSON))
		require.Equal(t, string(r.Body.Base64), *r.Text)
		require.EqualValues(t, len(r.Body.Base64), r.Body.Length)
	})
	t.Run("the same reply is reported alike each time", func(t *testing.T) {
		t.Parallel()
		_, base := serve(t, `{routes: [{on: GET /, headers: {x-c: 1, x-a: 1, x-d: 1, x-b: 1, date: now}}]}`)
		first := do(t, client, agent.Request{URL: base + "/"}).Response
		for range 5 {
			require.Equal(t, first.Headers, do(t, client, agent.Request{URL: base + "/"}).Response.Headers)
		}
	})
	t.Run("no connection is left when the request is over", func(t *testing.T) {
		t.Parallel()
		for range 50 {
			f, base := serve(t, "")
			do(t, client, agent.Request{URL: base + "/redirect/1"})
			f.Settle(t.Context())
			require.Zero(t, f.OpenConnections())
		}
	})
	t.Run("a body goes out as it is", func(t *testing.T) {
		t.Parallel()
		f, base := serve(t, "")
		do(t, client, agent.Request{Method: "POST", URL: base + "/posts", HasJSON: true, JSON: map[string]any{"title": "é"}})
		do(t, client, agent.Request{Method: "PUT", URL: base + "/posts/1", Form: [][2]string{{"a b", "c&d"}}})
		do(t, client, agent.Request{Method: "POST", URL: base + "/posts", Chunks: [][]byte{[]byte("on"), []byte("e")}, Headers: [][2]string{{"X-A", "1"}}})
		wire := f.Wire()
		require.Len(t, wire, 3)
		require.Equal(t, `{"title":"é"}`, string(wire[0].Body))
		require.Contains(t, wire[0].Headers, [2]string{"Content-Type", "application/json"})
		require.Equal(t, "PUT /posts/1 HTTP/1.1", wire[1].RequestLine)
		require.Equal(t, "a+b=c%26d", string(wire[1].Body))
		require.Equal(t, "one", string(wire[2].Body))
		require.Contains(t, wire[2].Headers, [2]string{"Transfer-Encoding", "chunked"})
		require.Contains(t, wire[2].Headers, [2]string{"X-A", "1"})
	})
	t.Run("redirects are followed, unless they are not to be", func(t *testing.T) {
		t.Parallel()
		_, base := serve(t, "")
		r := do(t, client, agent.Request{URL: base + "/redirect/2"}).Response
		require.Equal(t, 200, r.StatusCode)
		require.Len(t, r.History, 2)
		require.Equal(t, 302, r.History[0].Status)
		stay := do(t, client, agent.Request{URL: base + "/redirect/2", AllowRedirects: new(false)}).Response
		require.Equal(t, 302, stay.StatusCode)
	})
	t.Run("errors have the names of espy.requests", func(t *testing.T) {
		t.Parallel()
		for server, want := range map[string]result.Raises{
			`{raw: [["junk\r\n\r\n"]]}`:                                   {In: "request", Type: "ProtocolError"},
			`{raw: [["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"]]}`: {In: "content", Type: "IncompleteRead"},
			`{faults: {no_answer: true}}`:                                 {In: "request", Type: "Timeout", Errno: new(110)},
		} {
			_, base := serve(t, server)
			got := do(t, client, agent.Request{URL: base + "/", TimeoutMS: new(int64(300))}).Raises
			require.NotNil(t, got, server)
			got.Message = ""
			require.Equal(t, want, *got, server)
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, l.Close())
		refused := do(t, client, agent.Request{URL: "http://" + l.Addr().String() + "/"}).Raises
		require.Equal(t, []any{"RequestError", 111}, []any{refused.Type, *refused.Errno})
	})
	t.Run("what it cannot be asked for, it lacks", func(t *testing.T) {
		t.Parallel()
		l := hostclient.Open()
		require.Contains(t, l.Lacks(agent.Request{Client: client, Types: []string{"response"}}), "classes")
		require.Contains(t, l.Lacks(agent.Request{Client: client, HTTPVersion: "2"}), "HTTP/2")
		require.Equal(t, client == hostclient.NetHTTP, l.Lacks(agent.Request{Client: client, HTTPVersion: "1.0"}) != "")
	})
}
