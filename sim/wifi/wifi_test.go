package wifi_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/profile"
	"github.com/espy-hil/espy/sim/wifi"
)

// station is a radio, and what a program says to it.
type station struct {
	*wifi.Station
	t require.TestingT
}

func start(t require.TestingT, chip string, s wifi.Settings) station {
	p, ok := profile.Find(chip)
	require.True(t, ok)
	radio := wifi.New(&p.WiFi, s, 0)
	radio.Start(true)
	return station{radio, t}
}

func (s station) say(words ...string) string {
	d := s.Device()
	_, e := d.Write(nil, []byte(strings.Join(words, " ")))
	require.Equal(s.t, errno.OK, e)
	buf := make([]byte, 1000)
	n, _ := d.Read(nil, buf)
	return string(buf[:n])
}

func (s station) connect(ssid, key string) string {
	return s.say("connect", hex.EncodeToString([]byte(ssid)), hex.EncodeToString([]byte(key)))
}

// history is the statuses of the next seconds, each with when it began, in tenths.
func (s station) history(seconds int) string {
	var all []string
	for last, i := "", 0; i <= 10*seconds; i++ {
		if now := s.say("status"); now != last {
			all = append(all, fmt.Sprintf("%s@%d", now, i))
			last = now
		}
		time.Sleep(100 * time.Millisecond)
	}
	return strings.Join(all, " ")
}

var unjoined = wifi.Settings{Unjoined: true}

func TestAJoinTakesItsTimeAndTellsItInThePortsNumbers(t *testing.T) {
	t.Parallel()
	for chip, want := range map[string]struct{ right, wrong, none, lost string }{
		"esp32":    {"1001@0 1010@19", "1001@0 202@54", "1001@0 201@24", "1010@0 1001@61 201@85 1010@224"},
		"esp32-c3": {"1001@0 1010@19", "1001@0 202@54", "1001@0 201@24", "1010@0 1001@61 201@85 1010@224"},
		"esp8266":  {"1@0 5@35", "1@0 2@40", "1@0 3@22", "5@0 1@81 3@103 5@248"},
	} {
		t.Run(chip, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, try := range []struct{ ssid, key, want string }{
					{wifi.Home.SSID, wifi.Home.Password, want.right},
					{wifi.Home.SSID, "guess", want.wrong},
					{"elsewhere", "guess", want.none},
				} {
					s := start(t, chip, unjoined)
					s.say("active", "1")
					require.Empty(t, s.connect(try.ssid, try.key))
					require.Equal(t, try.want, s.history(30))
				}
				// Gone for 19.9 s: the first attempt that begins after that joins.
				s := start(t, chip, wifi.Settings{Outages: []wifi.Outage{{0, 0}, {time.Millisecond, 19900 * time.Millisecond}}})
				require.Equal(t, want.lost, s.history(30))
			})
		})
	}
}

func TestANetworkThatIsBackBeforeItIsMissedWasNeverGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := start(t, "esp32", wifi.Settings{})
		time.Sleep(time.Second)
		s.Lose()
		time.Sleep(5 * time.Second)
		require.True(t, s.Joined())
		require.False(t, s.Carries())
		s.Regain()
		require.True(t, s.Carries())
		require.Equal(t, "1010@0", s.history(20))
	})
}

func TestABoardThatStartsJoinedAndOneThatDoesNot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := start(t, "esp32", wifi.Settings{})
		require.True(t, s.Carries())
		require.Equal(t, "espy", s.say("ssid"))
		require.Equal(t, "192.168.43.10 255.255.255.0 192.168.43.1", s.say("address"))
		// A program that joins without a look does so as on a board that has just started.
		require.Empty(t, s.connect(wifi.Home.SSID, wifi.Home.Password))
		require.Equal(t, "1001@0 1010@19", s.history(5))

		s = start(t, "esp32", unjoined)
		require.Equal(t, "1000", s.say("status"))
		require.Equal(t, "0", s.say("active"))
		require.Equal(t, "0.0.0.0 0.0.0.0 0.0.0.0", s.say("address"))
		require.Equal(t, "!Wifi Not Started", s.connect("espy", ""))
		require.Equal(t, "!STA must be active", s.say("scan"))
	})
}

func TestAnESP32RefusesToConnectWhileItDoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := start(t, "esp32", unjoined)
		s.say("active", "1")
		require.Empty(t, s.connect("no-such-network", "password"))
		time.Sleep(5 * time.Second)
		require.Equal(t, "!Wifi Internal Error", s.connect("espy", wifi.Home.Password))
		require.Empty(t, s.say("disconnect"))
		require.Empty(t, s.connect("espy", wifi.Home.Password))
		require.Equal(t, "1000@0 1010@19", s.history(5), "it tells of the disconnect until it has joined")
	})
}

func TestAnESP8266RemembersItsNetwork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := start(t, "esp8266", unjoined)
		require.Equal(t, "1", s.say("apactive"))
		s.say("active", "1")
		require.Empty(t, s.connect("espy", wifi.Home.Password))
		require.Empty(t, s.connect("espy", wifi.Home.Password), "again, while it does")
		s.Start(false)
		require.Equal(t, "1@0 5@35", s.history(5))
	})
}

func TestTriesCanBeNumbered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := start(t, "esp32", unjoined)
		s.say("active", "1")
		s.say("tries", "2")
		require.Empty(t, s.connect("later", ""))
		time.Sleep(10 * time.Second)
		require.Empty(t, s.connect("espy", wifi.Home.Password), "it has given up")
	})
}

func TestAScanTellsWhatIsThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := start(t, "esp32", wifi.Settings{Quick: 10, Networks: []wifi.Network{wifi.Home, {SSID: "open", Channel: 11, RSSI: -80}}})
		require.Equal(t, "240\n65737079 026573707901 6 -52 3\n6f70656e 000000000000 11 -80 0", s.say("scan"))
		s.Lose()
		require.Equal(t, "240", s.say("scan"))
	})
}

// A station works out what has happened when it is asked: it must come to the same
// however seldom that is.
func TestAStationComesToTheSameHoweverSeldomItIsAsked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		tenth := func(name string, most int) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(rt, name)) * 100 * time.Millisecond
		}
		settings := wifi.Settings{Unjoined: rapid.Bool().Draw(rt, "unjoined")}
		for range rapid.IntRange(0, 3).Draw(rt, "outages") {
			settings.Outages = append(settings.Outages, wifi.Outage{After: tenth("after", 300), For: tenth("for", 300)})
		}
		chip := rapid.SampledFrom(profile.Names()).Draw(rt, "chip")
		key := rapid.SampledFrom([]string{wifi.Home.Password, "guess"}).Draw(rt, "key")
		waits := rapid.SliceOfN(rapid.IntRange(0, 200), 6, 6).Draw(rt, "waits")
		differs := ""
		synctest.Test(t, func(t *testing.T) {
			often, seldom := start(t, chip, settings), start(t, chip, settings)
			if settings.Unjoined {
				for _, s := range []station{often, seldom} {
					s.say("active", "1")
					require.Empty(t, s.connect("espy", key))
				}
			}
			for i, wait := range waits {
				for range wait {
					time.Sleep(100 * time.Millisecond)
					often.say("status")
				}
				if a, b := often.say("status"), seldom.say("status"); a != b {
					differs = fmt.Sprintf("after wait %d: %s, asked seldom %s", i, a, b)
				}
			}
		})
		require.Empty(rt, differs)
	})
}

func TestNoCommandIsTooOdd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := start(t, rapid.SampledFrom(profile.Names()).Draw(t, "chip"), wifi.Settings{Unjoined: rapid.Bool().Draw(t, "unjoined")})
		for range rapid.IntRange(1, 10).Draw(t, "commands") {
			words := rapid.SliceOfN(rapid.SampledFrom([]string{
				"status", "active", "apactive", "connect", "disconnect", "tries", "ssid", "address", "channel", "signal", "scan", "1", "0", "-1", "6573", "xy", "",
			}), 1, 4).Draw(t, "words")
			s.say(words...)
		}
		s.Joined()
	})
}
