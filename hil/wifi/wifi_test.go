package wifi_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/recovery"
	"github.com/espy-hil/espy/hil/wifi"
	"github.com/espy-hil/espy/sim"
	virtual "github.com/espy-hil/espy/sim/wifi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var lab = wifi.Credentials{SSID: "lab", Password: "correct horse", SSIDVariable: wifi.SSID, PassVariable: wifi.Password}

// joinable is a virtual chip that finds the network lab, its link, and what it says.
func joinable(t *testing.T, chip string, c wifi.Credentials, o wifi.Options) (*wifi.Board, *agent.Link, *[]string) {
	t.Helper()
	spec, err := sim.Parse(chip)
	require.NoError(t, err)
	n, err := virtual.ParseNetwork("lab:correct horse")
	require.NoError(t, err)
	spec.WiFi = virtual.Settings{Networks: []virtual.Network{n}, Unjoined: true, Quick: 200}
	inner, err := sim.New(t.Context(), spec, firmware.Source().Files)
	require.NoError(t, err)
	t.Cleanup(func() { _ = inner.Close() })
	var said []string
	b := wifi.New(inner, c, o, func(text string) { said = append(said, text) })
	l, err := agent.Open(t.Context(), b, deploy.Files(firmware.Source()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return b, l, &said
}

func TestBoardJoinsAndProvesThatItReachesThisComputer(t *testing.T) {
	t.Parallel()
	for _, chip := range []string{"sim:esp32", "sim:esp8266", "sim:esp32-c3"} {
		t.Run(chip, func(t *testing.T) {
			t.Parallel()
			b, l, said := joinable(t, chip, lab, wifi.Options{})
			require.NoError(t, b.Join(t.Context(), l))
			require.Regexp(t, `^board `+chip+` is on the network as 192\.168\.\d+\.\d+ \(-\d+ dBm, joined in \S+s\); it reaches this computer at 127\.0\.0\.1 in \S+s$`, strings.Join(*said, "\n"))
			require.NoError(t, b.Join(t.Context(), l), "as before each conversation")
			require.Len(t, *said, 1)
			at, host, err := b.Listen(t.Context(), "main")
			require.NoError(t, err)
			require.Equal(t, "127.0.0.1", host)
			require.NoError(t, at.Close())
			_, err = l.Ask(t.Context(), "import sys\nif 'espy.wifi' in sys.modules or 'wifi' in globals(): raise ValueError\nfrom espy.agent import say\nsay(0, ('{}',))", time.Minute)
			require.NoError(t, err, "the heap is the requests'")
		})
	}
}

func TestWrongCredentialsSayAtWhichVariableToLook(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		credentials wifi.Credentials
		want        string
	}{
		"a wrong password": {
			wifi.Credentials{SSID: "lab", Password: "wrong horse", SSIDVariable: "HOME_SSID", PassVariable: "HOME_PASSWORD"},
			"did not join the network of HOME_SSID in .* \\(its status is WRONG_PASSWORD\\): the access point refuses the password: look at HOME_PASSWORD$",
		},
		"another name": {
			wifi.Credentials{SSID: "lob", Password: "correct horse", SSIDVariable: "HOME_SSID", PassVariable: "HOME_PASSWORD"},
			"\\(its status is NO_AP_FOUND\\): no access point of that name is in reach: look at HOME_SSID, and remember that these chips hear 2.4 GHz alone$",
		},
		"none": {
			wifi.FromEnvironment(func(string) string { return "" }, "", ""),
			"is on no network: set ESPY_WIFI_SSID and ESPY_WIFI_PASSWORD to those of the network that it shares with this computer, or have its boot.py join one$",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, l, _ := joinable(t, "sim:esp32", c.credentials, wifi.Options{})
			err := b.Join(t.Context(), l)
			require.Error(t, err)
			require.Regexp(t, c.want, err.Error())
			require.True(t, recovery.Final(err))
			if c.credentials.Password != "" {
				require.NotContains(t, err.Error(), c.credentials.Password)
			}
			require.NoError(t, wifi.New(b.Board, lab, wifi.Options{}, func(string) {}).Join(t.Context(), l), "the board is not in the way of a next try")
		})
	}
}

// agentOf is a board that answers as a test says.
type agentOf struct {
	join  string
	reach func(host, port, token string) string
	hosts []string
}

var reaching = regexp.MustCompile(`wifi\.reach\('([^']*)', (\d+), '([^']*)', \d+\)`)

func (a *agentOf) Ask(_ context.Context, code string, _ time.Duration) ([]byte, error) {
	m := reaching.FindStringSubmatch(code)
	if m == nil {
		return []byte(a.join), nil
	}
	a.hosts = append(a.hosts, m[1])
	return []byte(a.reach(m[1], m[2], m[3])), nil
}

func refused(string, string, string) string { return `{"reached": false, "why": "ECONNREFUSED"}` }

// connects is a board that does reach this computer.
func connects(host, port, token string) string {
	c, err := net.Dial("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return fmt.Sprintf(`{"reached": false, "why": %q}`, err)
	}
	defer c.Close()
	_, _ = fmt.Fprintln(c, token)
	text := make([]byte, len(token))
	n, _ := c.Read(text)
	return fmt.Sprintf(`{"reached": %t, "ms": 3}`, string(text[:n]) == token)
}

var loopback = netip.MustParseAddr("127.0.0.1")

func near(ctx context.Context) (net.Listener, netip.Addr, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	return l, loopback, err
}

func TestAddressThatTheBoardDoesNotReachIsPassedOver(t *testing.T) {
	t.Parallel()
	first := true
	a := &agentOf{reach: func(host, port, token string) string {
		if first { // near, where a real board is not let in
			first = false
			return refused(host, port, token)
		}
		return connects(host, port, token)
	}}
	n := wifi.Network{Address: netip.MustParseAddr("198.51.100.57"), Mask: "255.255.255.0"}
	err := wifi.Reach(t.Context(), "kitchen", a, &n, near, wifi.Options{})
	if len(a.hosts) == 1 {
		require.ErrorContains(t, err, "different networks", "a machine without a network")
		return
	}
	require.NoError(t, err)
	require.Equal(t, a.hosts[1], n.Host.String())
	require.Equal(t, 3*time.Millisecond, n.Reached)
}

func TestWhatIsUnreachableSaysWhereToLook(t *testing.T) {
	t.Parallel()
	n := wifi.Network{Address: netip.MustParseAddr("198.51.100.57"), Mask: "255.255.255.0"}
	for name, c := range map[string]struct {
		why     string
		address string
		options wifi.Options
		want    string
	}{
		"another network": {"EHOSTUNREACH", "198.51.100.57", wifi.Options{}, "they are in different networks, the board in that of 198.51.100.57, mask 255.255.255.0: join this computer to the board's"},
		"an address of somebody else's": {
			"ETIMEDOUT", "198.51.100.57",
			wifi.Options{Advertise: netip.MustParseAddr("198.51.100.1")},
			"198.51.100.1 (ETIMEDOUT): 198.51.100.1, which --advertise names, is no address of this computer: whoever has it must pass TCP connections",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &agentOf{reach: func(string, string, string) string { return fmt.Sprintf(`{"reached": false, "why": %q}`, c.why) }}
			n := n
			err := wifi.Reach(t.Context(), "kitchen", a, &n, near, c.options)
			require.ErrorContains(t, err, "board kitchen is on the network as 198.51.100.57, and does not reach this computer at ")
			require.ErrorContains(t, err, c.want)
			require.True(t, recovery.Final(err))
		})
	}
	a := &agentOf{reach: func(string, string, string) string { return `{"reached": false}` }}
	require.ErrorContains(t, wifi.Reach(t.Context(), "kitchen", a, &n, near, wifi.Options{Advertise: loopback}), "127.0.0.1 (somebody else answers there)")
}

// A board in this computer's own network: what it cannot reach, something keeps it from.
func TestFirewallIsNamedWhereTheNetworkIsTheSame(t *testing.T) {
	t.Parallel()
	own := ownAddress(t)
	for why, want := range map[string]string{
		"ETIMEDOUT":    "a firewall drops what the board sends: allow TCP connections to ports 40000 to 65000 of this computer from " + own.String(),
		"ECONNREFUSED": "something refuses it: allow TCP connections to ports 40000 to 65000 of this computer from " + own.String(),
	} {
		a := &agentOf{reach: func(string, string, string) string { return fmt.Sprintf(`{"reached": false, "why": %q}`, why) }}
		n := wifi.Network{Address: own, Mask: "255.255.255.0"}
		err := wifi.Reach(t.Context(), "kitchen", a, &n, near, wifi.Options{Ports: wifi.Ports{First: 40000, Last: 65000}})
		require.ErrorContains(t, err, want)
		require.Equal(t, own.String(), a.hosts[1], "the address in the board's network is tried before others")
	}
}

// ownAddress is an address of this machine that is not loopback.
func ownAddress(t *testing.T) netip.Addr {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	require.NoError(t, err)
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && !p.Addr().IsLoopback() {
			return p.Addr()
		}
	}
	t.Fatal("this machine has no network: the test needs an address beside loopback")
	return netip.Addr{}
}

func TestBoardWithoutWiFiListensWhereItSays(t *testing.T) {
	t.Parallel()
	spec, err := sim.Parse("sim")
	require.NoError(t, err)
	inner, err := sim.New(t.Context(), spec, firmware.Source().Files)
	require.NoError(t, err)
	t.Cleanup(func() { _ = inner.Close() })
	b := wifi.New(inner, lab, wifi.Options{}, func(text string) { t.Error(text) })
	l, err := agent.Open(t.Context(), b, deploy.Files(firmware.Source()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	require.NoError(t, b.Join(t.Context(), l))
	at, host, err := b.Listen(t.Context(), "main")
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1", host)
	require.NoError(t, at.Close())
}

func TestPortsAreARange(t *testing.T) {
	t.Parallel()
	p, err := wifi.ParsePorts("40000-40100")
	require.NoError(t, err)
	require.Equal(t, wifi.Ports{First: 40000, Last: 40100}, p)
	for _, text := range []string{"", "1", "5-4", "0-5", "1-65536", "1-2-3", "a-b", "-1-5", " 1-2"} {
		_, err := wifi.ParsePorts(text)
		require.Error(t, err, text)
	}
}
