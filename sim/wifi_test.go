package sim_test

import (
	"fmt"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/wifi"
)

// wireless powers a board in an air of its own.
func wireless(t *testing.T, name string, s wifi.Settings) *sim.Board {
	t.Helper()
	spec, err := sim.Parse(name)
	require.NoError(t, err)
	spec.WiFi = s
	b, err := sim.New(t.Context(), spec, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

// join waits for a status. Those on the way there are too short for a busy machine to
// see; that they come, and when, is sim/wifi's own test to say, by a clock of its own.
const join = `
import network, socket, time
w = network.WLAN(network.STA_IF)
w.active(True)
def wait(*codes):
  while True:
    now = w.status()
    if now in codes: return now
    time.sleep_ms(1)
def no(f):
  try: f()
  except OSError as e: return str(e)
`

func TestAProgramJoinsAndTellsWhyItCannot(t *testing.T) {
	t.Parallel()
	for chip, want := range map[string]string{
		"sim:esp32":         "201 202 1010 True -202 [Errno 113] EHOSTUNREACH",
		"sim:esp32-c3@1.24": "201 202 1010 True -202 [Errno 113] EHOSTUNREACH",
		"sim:esp8266":       "3 2 5 True -2 [Errno 113] EHOSTUNREACH",
	} {
		t.Run(chip, func(t *testing.T) {
			t.Parallel()
			b := wireless(t, chip, wifi.Settings{Unjoined: true, Quick: 100})
			l, _, err := b.Listen(t.Context(), "main")
			require.NoError(t, err)
			defer l.Close()
			r := talk(t, b)
			connect := fmt.Sprintf("lambda: socket.socket().connect(('127.0.0.1', %d))", l.Addr().(*net.TCPAddr).Port)
			require.Equal(t, want, run(t, r, join+`
name = no(lambda: socket.getaddrinfo('example.com', 80))
reach = no(`+connect+`)
w.connect('elsewhere', 'x')
none = wait(network.STAT_NO_AP_FOUND)
w.disconnect()
w.connect('espy', 'x')
wrong = wait(network.STAT_WRONG_PASSWORD)
w.disconnect()
w.connect('espy', 'a virtual network')
right = wait(network.STAT_GOT_IP)
assert no(`+connect+`) is None
assert w.ifconfig() == ('192.168.43.10', '255.255.255.0', '192.168.43.1', '192.168.43.1'), w.ifconfig()
assert w.ipconfig('addr4') == ('192.168.43.10', '255.255.255.0')
assert w.config('ssid') == 'espy' and w.config('channel') == 6 and len(w.config('mac')) == 6
assert [n[0] for n in w.scan()] == [b'espy']
assert network.WLAN(network.WLAN.IF_STA) is w and not network.WLAN(network.AP_IF).isconnected()
print(none, wrong, right, w.isconnected(), name, reach)`))
			require.NoError(t, r.SoftReset(t.Context()))
			require.Equal(t, "True", run(t, r, "import network\nprint(network.WLAN(0).isconnected())"), "a soft reset does not end it")
		})
	}
}

// What is under way when a network goes waits for it to come back.
func TestANetworkThatIsLostIsMissedAndRegained(t *testing.T) {
	t.Parallel()
	b := wireless(t, "sim:esp32", wifi.Settings{Quick: 200})
	l, _, err := b.Listen(t.Context(), "main")
	require.NoError(t, err)
	defer l.Close()
	r := talk(t, b)
	address := fmt.Sprintf("('127.0.0.1', %d)", l.Addr().(*net.TCPAddr).Port)
	run(t, r, join+"assert w.isconnected()\ns = socket.socket()\ns.connect("+address+")")
	peer, err := l.Accept()
	require.NoError(t, err)
	defer peer.Close()

	b.LoseWiFi()
	_, err = peer.Write([]byte("while it was gone"))
	require.NoError(t, err)
	require.Equal(t, "201 ETIMEDOUT [Errno 113] EHOSTUNREACH", run(t, r, `
missed = wait(network.STAT_NO_AP_FOUND)
s.settimeout(0.05)
import errno
late = no(lambda: s.recv(100))
print(missed, 'ETIMEDOUT' if 'ETIMEDOUT' in late else late, no(lambda: socket.socket().connect(`+address+`)))`))
	b.RegainWiFi()
	require.Equal(t, "1010 b'while it was gone'", run(t, r, "seen = wait(network.STAT_GOT_IP)\ns.settimeout(60)\nprint(seen, s.recv(100))"))
	run(t, r, "s.close()")
}

func TestAnAccessPointThatIsAwayWhenTheBoardStartsIsJoinedLater(t *testing.T) {
	t.Parallel()
	b := wireless(t, "sim:esp8266", wifi.Settings{Quick: 100, Outages: []wifi.Outage{{After: 0, For: 200 * time.Millisecond}}})
	require.Equal(t, "5", run(t, talk(t, b), join+"print(wait(network.STAT_GOT_IP))"))
}

func TestTheTimeComesOverTheNetwork(t *testing.T) {
	t.Parallel()
	b := wireless(t, "sim:esp32", wifi.Settings{Unjoined: true, Quick: 100})
	r := talk(t, b)
	const settle = "import ntptime, time\ntry:\n  ntptime.settime()\n  print(time.time() + 946684800)\nexcept OSError as e: print(e)"
	require.Equal(t, "-202", run(t, r, settle))
	run(t, r, join+"w.connect('espy', 'a virtual network')\nwait(1010)")
	got, err := strconv.ParseInt(run(t, r, settle), 10, 64)
	require.NoError(t, err)
	require.InDelta(t, time.Now().Unix(), got, 60)
}

func TestABoardsNameMaySayHowItsAirIs(t *testing.T) {
	t.Parallel()
	spec, err := sim.Parse("sim:esp32@1.27+unjoined+outage=30s/1m+outage=5m/1s")
	require.NoError(t, err)
	require.True(t, spec.WiFi.Unjoined)
	require.Equal(t, []wifi.Outage{{After: 30 * time.Second, For: time.Minute}, {After: 5 * time.Minute, For: time.Second}}, spec.WiFi.Outages)
	for _, bad := range []string{"sim:esp32+unjoined=1", "sim:esp32+outage=30s", "sim:esp32+outage", "sim+unjoined"} {
		_, err := sim.Parse(bad)
		require.Error(t, err, bad)
	}
	require.Equal(t, "False", run(t, talk(t, power(t, "sim:esp32+unjoined", nil)), "import network\nprint(network.WLAN().isconnected())"))
}
