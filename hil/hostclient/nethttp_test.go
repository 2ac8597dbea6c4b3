package hostclient_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/hostclient"
)

func TestNetHTTPIsAClient(t *testing.T) {
	t.Parallel()
	conform(t, hostclient.NetHTTP)
}

func TestTheStepsOfASessionShareAConnection(t *testing.T) {
	t.Parallel()
	f, base := serve(t, "")
	l := hostclient.Open()
	defer l.Close()
	for step := range 2 {
		r := agent.Request{Client: hostclient.NetHTTP, Method: "GET", URL: base + "/albums/1", Step: step, Session: true}
		record, err := l.Do(t.Context(), r)
		require.NoError(t, err)
		require.Nil(t, record.Raises)
	}
	wire := f.Wire()
	require.Len(t, wire, 2)
	require.Equal(t, wire[0].Connection, wire[1].Connection)
}
