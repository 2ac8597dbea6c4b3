//go:build peers

package fakeapi_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// curl asks with the real curl and gives its status, the version of the reply, and
// the body; exit is curl's own exit status.
func curl(t *testing.T, args ...string) (summary, body string, exit int) {
	t.Helper()
	const mark = "\n--\n"
	cmd := exec.CommandContext(t.Context(), "curl", append([]string{
		"--silent", "--max-time", "10", "--write-out", mark + "%{http_code} %{http_version}",
	}, args...)...)
	out, err := cmd.Output()
	if failed := new(exec.ExitError); err != nil {
		require.ErrorAs(t, err, &failed)
		exit = failed.ExitCode()
	}
	body, summary, ok := strings.Cut(string(out), mark)
	require.True(t, ok, "%s", out)
	return summary, body, exit
}

func TestPeerCurlReadsTheAPIInBothVersions(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	for flag, line := range map[string]string{"--http1.0": "GET /albums/1 HTTP/1.0", "--http1.1": "GET /albums/1 HTTP/1.1"} {
		summary, body, exit := curl(t, flag, "http://"+address+"/albums/1")
		require.Zero(t, exit)
		require.Equal(t, "200 1.1", summary)
		require.True(t, json.Valid([]byte(body)))
		wire := settled(t, s)
		require.Equal(t, line, wire[len(wire)-1].RequestLine)
	}
}

func TestPeerCurlSeesTheVersionPolicy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		policy   plan.Versions
		flag     string
		summary  string
		exit     int
		bodyHas  string
		requests int
	}{
		"505 to 1.0":             {plan.Versions{Accept: []string{"1.1"}}, "--http1.0", "505 1.1", 0, "1.1", 1},
		"505 to 1.1, answered 1": {plan.Versions{Accept: []string{"1.0"}, Answer: "1.0"}, "--http1.1", "505 1", 0, "1.0", 1},
		"426 to 1.0":             {plan.Versions{Accept: []string{"1.1"}, Refuse: plan.Refusal{Status: 426}}, "--http1.0", "426 1.1", 0, "1.1", 1},
		"a close, empty reply":   {plan.Versions{Accept: []string{"1.1"}, Refuse: plan.Refusal{Close: true}}, "--http1.0", "000 0", 52, "", 1},
		"1.1 answered in 1.0":    {plan.Versions{Answer: "1.0"}, "--http1.1", "200 1", 0, `"id":1`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, address := start(t, plan.Server{Versions: &c.policy})
			summary, body, exit := curl(t, c.flag, "http://"+address+"/albums/1")
			require.Equal(t, c.exit, exit)
			require.Equal(t, c.summary, summary)
			require.Contains(t, body, c.bodyHas)
			require.Len(t, settled(t, s), c.requests)
		})
	}
}

func TestPeerCurlKeepsAConnectionAliveAndPosts(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	url := "http://" + address
	summary, body, exit := curl(t, "--json", `{"userId": 1, "title": "new"}`, url+"/albums", "--next",
		"--silent", "--write-out", "\n--\n%{http_code} %{http_version} %{num_connects}", url+"/albums/101")
	require.Zero(t, exit)
	require.Contains(t, body, `"id":101`)
	require.Contains(t, summary, "201 1.1")
	require.Contains(t, summary, "200 1.1 0", "the second request opened another connection")
	wire := settled(t, s)
	require.Len(t, wire, 2)
	require.Equal(t, wire[0].Connection, wire[1].Connection)
}

func TestPeerCurlIsAtHomeInTheEchoCorner(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{})
	jar := t.TempDir() + "/cookies"
	for _, c := range []struct {
		args          []string
		summary, body string
	}{
		{args: []string{"--compressed", "/gzip"}, summary: "200 1.1", body: `{"gzipped":true,`},
		{args: []string{"--compressed", "/deflate"}, summary: "200 1.1", body: `{"deflated":true,`},
		{args: []string{"--http1.0", "/chunked/3?size=2"}, summary: "200 1.1", body: "010101"},
		{args: []string{"/chunked/3?size=2"}, summary: "200 1.1", body: "010101"},
		{args: []string{"/stream/2"}, summary: "200 1.1", body: `{"id":1,`},
		{args: []string{"/drip?numbytes=3&duration=0.01"}, summary: "200 1.1", body: "012"},
		{args: []string{"--location", "/redirect/3"}, summary: "200 1.1", body: "/anything\""},
		{args: []string{"--location", "/relative-redirect/3"}, summary: "200 1.1", body: "/anything\""},
		{args: []string{"--location", "--data", "a=1&a=2", "/redirect-to?url=/anything&status_code=307"}, summary: "200 1.1", body: `"form":{"a":["1","2"]}`},
		{args: []string{"--location", "--cookie-jar", jar, "--cookie", jar, "/cookies/set?a=1&b=2"}, summary: "200 1.1", body: `{"cookies":{"`},
		{args: []string{"--user", "me:secret", "/basic-auth/me/secret"}, summary: "200 1.1", body: `{"authenticated":true,"user":"me"}`},
		{args: []string{"--user", "me:wrong", "/basic-auth/me/secret"}, summary: "401 1.1", body: `{"error":"the user or password is another"}`},
		{args: []string{"--form", "f=@/dev/null;filename=x", "--form", "a=b", "/anything"}, summary: "200 1.1", body: `"files":{"f":""},"form":{"a":"b"}`},
		{args: []string{"/status/418"}, summary: "418 1.1", body: "short and stout"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			t.Parallel()
			path := len(c.args) - 1
			summary, body, exit := curl(t, append(c.args[:path:path], "http://"+address+c.args[path])...)
			require.Zero(t, exit)
			require.Equal(t, c.summary, summary)
			require.Contains(t, body, c.body)
		})
	}
}
