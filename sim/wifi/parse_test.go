package wifi_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/sim/wifi"
)

func TestNetworksAndOutagesAreRead(t *testing.T) {
	t.Parallel()
	n, err := wifi.ParseNetwork("home:with:colons")
	require.NoError(t, err)
	require.Equal(t, []string{"home", "with:colons"}, []string{n.SSID, n.Password})
	n, err = wifi.ParseNetwork("open")
	require.NoError(t, err)
	require.Empty(t, n.Password)
	for _, bad := range []string{"", ":password", "x:short", "123456789012345678901234567890123"} {
		_, err := wifi.ParseNetwork(bad)
		require.Error(t, err, bad)
	}
	o, err := wifi.ParseOutage("1m30s+10s")
	require.NoError(t, err)
	require.Equal(t, wifi.Outage{After: 90 * time.Second, For: 10 * time.Second}, o)
	for _, bad := range []string{"", "10s", "+", "10s+", "10s+0s", "-1s+1s", "x+1s"} {
		_, err := wifi.ParseOutage(bad)
		require.Error(t, err, bad)
	}
}
