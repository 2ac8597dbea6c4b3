package standalone

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func TestAServerListensToThisMachineAloneUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"":               "127.0.0.1:8080",
		":9000":          "127.0.0.1:9000",
		"localhost:0":    "127.0.0.1:0",
		"127.0.0.2:80":   "127.0.0.2:80",
		"[::1]:80":       "[::1]:80",
		"0.0.0.0:80":     "",
		"192.0.2.1:80":   "",
		"[2001:db8::]:1": "",
		"[::]:80":        "",
	} {
		got, err := address(said, false)
		require.Equal(t, want, got, said)
		if want == "" {
			require.ErrorContains(t, err, "--lan", said)
		}
	}
}

func TestLanOpensWhatTheAddressSays(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"":             ":8080",
		":9000":        ":9000",
		"0.0.0.0:80":   "0.0.0.0:80",
		"192.0.2.1:80": "192.0.2.1:80",
		"127.0.0.1:80": "127.0.0.1:80",
	} {
		got, err := address(said, true)
		require.NoError(t, err, said)
		require.Equal(t, want, got, said)
	}
}

func TestItIsSaidToWhomAServerIsOpen(t *testing.T) {
	t.Parallel()
	on := []network{
		{"eth0", netip.MustParsePrefix("192.0.2.7/24")},
		{"wlan0", netip.MustParsePrefix("198.51.100.9/25")},
		{"wlan0", netip.MustParsePrefix("2001:db8::9/64")},
	}
	for ip, want := range map[string][]door{
		"127.0.0.1":    {{"127.0.0.1", "this machine alone"}},
		"::1":          {{"::1", "this machine alone"}},
		"198.51.100.9": {{"198.51.100.9", "everybody on 198.51.100.0/25 (wlan0)"}},
		"203.0.113.1":  {{"203.0.113.1", "whoever can reach that address"}},
		"0.0.0.0": {
			{"192.0.2.7", "everybody on 192.0.2.0/24 (eth0)"},
			{"198.51.100.9", "everybody on 198.51.100.0/25 (wlan0)"},
			{"127.0.0.1", "this machine"},
		},
		"::": {
			{"192.0.2.7", "everybody on 192.0.2.0/24 (eth0)"},
			{"198.51.100.9", "everybody on 198.51.100.0/25 (wlan0)"},
			{"2001:db8::9", "everybody on 2001:db8::/64 (wlan0)"},
			{"127.0.0.1", "this machine"},
		},
	} {
		got := doors(netip.MustParseAddr(ip), on)
		require.Empty(t, cmp.Diff(want, got, cmp.AllowUnexported(door{})), ip)
	}
}

func TestACertificateIsForEveryDoor(t *testing.T) {
	t.Parallel()
	got := hosts([]door{{"192.0.2.7", ""}, {"127.0.0.1", ""}})
	require.Empty(t, cmp.Diff([]string{"192.0.2.7", "127.0.0.1", "localhost", "::1"}, got))
}
