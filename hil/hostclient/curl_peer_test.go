//go:build peers

package hostclient_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/hostclient"
)

func TestPeerCurlIsAClient(t *testing.T) {
	t.Parallel()
	conform(t, hostclient.Curl)
}

func TestPeerCurlSpeaksTheVersionThatIsAskedFor(t *testing.T) {
	t.Parallel()
	f, base := serve(t, "{versions: {answer: same}}")
	r := do(t, hostclient.Curl, agent.Request{URL: base + "/albums/1", HTTPVersion: "1.0"}).Response
	require.Equal(t, []string{"1.0", "1.0"}, []string{r.RequestVersion, r.Version})
	require.Equal(t, "GET /albums/1 HTTP/1.0", f.Wire()[0].RequestLine)
}
