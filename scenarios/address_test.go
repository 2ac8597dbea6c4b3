package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPortHasOneAddressHoweverItIsSpelt(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"tcp://localhost:4000":          "127.0.0.1:4000",
		"rfc2217://LOCALHOST:4000":      "127.0.0.1:4000",
		"rfc2217://127.0.0.1:4000":      "127.0.0.1:4000",
		"tcp://127.0.0.2:04000":         "127.0.0.1:4000",
		"tcp://[::1]:4000":              "127.0.0.1:4000",
		"tcp://[::ffff:127.0.0.1]:4000": "127.0.0.1:4000",
		"tcp://0.0.0.0:4000":            "127.0.0.1:4000",
		"tcp://Pi.Local.:4000":          "pi.local:4000",
		"tcp://[FE80:0::1]:4000":        "[fe80::1]:4000",
		"tcp://pi:4001":                 "pi:4001",
		"tcp://pi":                      "",
		"tcp://pi:0":                    "",
		"tcp://pi:65536":                "",
		"tcp://a:b:1":                   "",
		"tcp://:1":                      "",
		"serial:/dev/ttyUSB0":           "",
		"sim":                           "",
	} {
		require.Equal(t, want, PortAddress(url), url)
	}
}

// Both would open one port, and wait for each other.
func TestAPortUnderTwoNamesIsOneBoard(t *testing.T) {
	t.Parallel()
	for other, same := range map[string]bool{
		"rfc2217://localhost:4000":   true,
		"rfc2217://[::1]:4000":       true,
		"tcp://127.0.0.1:4000":       true,
		"rfc2217://127.0.0.1:4001":   false,
		"rfc2217://192.168.1.2:4000": false,
	} {
		_, err := ParseHardware("espy.yaml", []byte("boards:\n  a: {url: 'rfc2217://127.0.0.1:4000'}\n  b: {url: '"+other+"'}\n"))
		if same {
			require.ErrorContains(t, err, "this is the url of the board a already, in line 2", other)
		} else {
			require.NoError(t, err, other)
		}
	}
}
