package capture

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAConnectionThatIsClosedIsForgotten(t *testing.T) {
	t.Parallel()
	p, err := NewPcapng(io.Discard)
	require.NoError(t, err)
	for n := range 10 {
		c := &Conn{Server: "main", Number: n, TLS: n%2 == 1}
		for _, kind := range []Kind{Opened, Received, Sent, ServerFIN, ClientFIN} {
			p.Record(Event{Time: time.Now(), Conn: c, Kind: kind, Bytes: []byte("x")})
			require.Len(t, p.flows, 1)
		}
		p.Record(Event{Time: time.Now(), Conn: c, Kind: Closed})
		require.Empty(t, p.flows)
	}
	require.NoError(t, p.Err())
}
