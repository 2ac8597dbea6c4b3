package run_test

import (
	"context"
	"crypto/x509"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
)

// secured has two servers, the second of which speaks TLS.
const secured = `
name: secured
servers: {plain: {}, secure: {tls: {}}}
request: {get: $(secure)/albums/1}
`

// asked is what a board that offers TLS, or not, was asked for.
func asked(t *testing.T, client, file string, offers ...string) (requests []agent.Request, r result.Run) {
	t.Helper()
	s := &stage{offers: offers, do: func(_ context.Context, _ int, r agent.Request) (*agent.Record, bool, error) {
		requests = append(requests, r)
		return &agent.Record{Response: &result.Response{}}, true, nil
	}}
	c, _ := config(s.pool("a", 1))
	if client != "" {
		c.Clients = []string{client}
	}
	return requests, run.Scenarios(t.Context(), c, files(t, file)).Runs[0]
}

func TestABoardGetsTheRunsCAWhereAServerSpeaksTLS(t *testing.T) {
	t.Parallel()
	requests, _ := asked(t, "", secured, "tls")
	require.Len(t, requests, 1)
	require.Regexp(t, "^https://127.0.0.1:[0-9]+/albums/1$", requests[0].URL)
	ca, err := x509.ParseCertificate(requests[0].CAData)
	require.NoError(t, err)
	require.True(t, ca.IsCA)

	requests, _ = asked(t, "", "name: plain\nrequest: {get: /albums/1}\n", "tls")
	require.Empty(t, requests[0].CAData)
}

func TestTheFrozenClientGetsNoCA(t *testing.T) {
	t.Parallel()
	requests, _ := asked(t, "requests", secured, "tls")
	require.Empty(t, requests[0].CAData, "which it would raise TypeError for")
}

func TestABoardWithoutTLSSkipsWhatNeedsIt(t *testing.T) {
	t.Parallel()
	requests, r := asked(t, "", secured)
	require.Empty(t, requests)
	require.Equal(t, result.Skip, r.Verdict)
	require.Regexp(t, "^board a does not offer tls, which .*:3 needs$", r.SkipReason)
}
