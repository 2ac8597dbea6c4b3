package link

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// arrival is when a byte has come out of a lane.
type arrival struct {
	at time.Duration
	b  byte
}

// through sends p through a lane in pieces, and gives when each byte arrived.
func through(t *testing.T, n *Network, number uint64, p []byte, piece int) (all []arrival) {
	t.Helper()
	chance := rand.New(rand.NewPCG(n.Conditions.Seed, number))
	l := newLane(n, n.downfall(), underWay, n.Conditions.bandwidth(), n.Conditions.loss(chance), n.Conditions.latency(chance))
	begun := time.Now()
	go func() {
		for at := 0; at < len(p); at += piece {
			_, _ = l.put(p[at:min(at+piece, len(p))], nil)
		}
		l.finish(io.EOF)
	}()
	for buf := make([]byte, 1000); ; {
		k, err := l.take(buf, nil)
		for _, b := range buf[:k] {
			all = append(all, arrival{time.Since(begun), b})
		}
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
	}
}

func content(all []arrival) (p []byte) {
	for _, a := range all {
		p = append(p, a.b)
	}
	return p
}

func pattern(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i * i >> 3)
	}
	return p
}

func TestLatencyHasEveryByteComeSoMuchLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &Network{Conditions: Conditions{Latency: 50 * time.Millisecond}}
		for _, a := range through(t, n, 1, pattern(5000), 700) {
			require.Equal(t, 50*time.Millisecond, a.at)
		}
	})
}

func TestBandwidthIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &Network{Conditions: Conditions{Bandwidth: 10_000}}
		all := through(t, n, 1, pattern(100_000), 333)
		for i, a := range all {
			require.InDelta(t, float64(i)/10_000, a.at.Seconds(), 0.2) // a segment comes as a whole
		}
		require.Equal(t, 10*time.Second, all[len(all)-1].at)
	})
}

func TestJitterChangesWhenBytesComeAndNotInWhichOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &Network{Conditions: Conditions{Seed: 4, Latency: 10 * time.Millisecond, Jitter: 40 * time.Millisecond}}
		all := through(t, n, 1, pattern(40*segment), segment)
		require.True(t, bytes.Equal(pattern(40*segment), content(all)))
		last := time.Duration(0)
		times := map[time.Duration]bool{}
		for _, a := range all {
			require.GreaterOrEqual(t, a.at, max(last, 10*time.Millisecond))
			require.LessOrEqual(t, a.at, 50*time.Millisecond)
			last = a.at
			times[a.at] = true
		}
		require.Greater(t, len(times), 2)
	})
}

func TestLossStallsSomePacketsAndThoseBehindThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const packets = 40
		n := &Network{Conditions: Conditions{Seed: 2, Loss: 0.1, Stall: time.Second, Bandwidth: segment * 1000}}
		all := through(t, n, 1, pattern(packets*segment), segment)
		require.True(t, bytes.Equal(pattern(packets*segment), content(all)))
		stalled := 0
		last := time.Duration(0)
		for _, a := range all {
			if a.at-last > 500*time.Millisecond {
				stalled++
			}
			last = a.at
		}
		require.NotZero(t, stalled)
		require.Less(t, stalled, packets/2)
	})
}

func TestWhatHappensFollowsFromTheSeedAndNotFromThePieces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		conditions := Conditions{Seed: rapid.Uint64().Draw(rt, "seed"), Jitter: time.Second, Loss: 0.2}
		p := pattern(rapid.IntRange(1, 20_000).Draw(rt, "bytes"))
		one, two := rapid.IntRange(1, 3000).Draw(rt, "piece"), rapid.IntRange(1, 3000).Draw(rt, "other piece")
		var first, second []arrival
		synctest.Test(t, func(t *testing.T) { first = through(t, &Network{Conditions: conditions}, 7, p, one) })
		synctest.Test(t, func(t *testing.T) { second = through(t, &Network{Conditions: conditions}, 7, p, two) })
		require.Equal(rt, content(first), p)
		require.Equal(rt, first, second)
	})
}

func TestANetworkThatGoesDownAtAByteIsBackAfterItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &Network{Conditions: Conditions{Down: Moment{Bytes: 3000}, Back: 5 * time.Second}}
		for i, a := range through(t, n, 1, pattern(10_000), 999) {
			want := time.Duration(0)
			if i >= 3000 {
				want = 5 * time.Second
			}
			require.Equal(t, want, a.at, "byte %d", i)
		}
		require.True(t, n.Up())
	})
}

func TestANetworkThatGoesDownAtATimeIsBackAfterAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &Network{Conditions: Conditions{Bandwidth: 1000, Down: Moment{Time: 2 * time.Second}, Back: 3 * time.Second}}
		for _, a := range through(t, n, 1, pattern(10_000), 100) {
			require.False(t, a.at > 2*time.Second && a.at < 5*time.Second, "a byte came at %s", a.at)
		}
	})
}

func TestANetworkThatIsDownForGoodIsBackWhenItIsTakenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &Network{}
		n.SetDown(0)
		require.False(t, n.Up())
		go func() {
			time.Sleep(time.Hour)
			n.SetUp()
		}()
		all := through(t, n, 1, pattern(10), 10)
		require.Equal(t, time.Hour, all[0].at)
	})
}

func TestConditionsAreReadAsUsersSayThem(t *testing.T) {
	t.Parallel()
	var c Conditions
	for key, value := range map[string]string{
		"seed": "7", "latency": "50ms", "jitter": "1s", "bandwidth": "16KiB", "loss": "0.02", "stall": "2s", "window": "5744",
		"down": "4KiB", "back": "3s", "offline": "", "sockets": "5/ENOMEM", "dns-delay": "1s", "dns-loss": "1",
	} {
		require.NoError(t, c.Set(key, value), key)
	}
	require.Equal(t, Conditions{
		Seed: 7, Latency: 50 * time.Millisecond, Jitter: time.Second, Bandwidth: 16 << 10, Loss: 0.02, Stall: 2 * time.Second, Window: 5744,
		Down: Moment{Bytes: 4096}, Back: 3 * time.Second, Offline: true, Sockets: 5, SocketsNo: 12, DNSDelay: time.Second, DNSLoss: 1,
	}, c)
	require.NoError(t, c.Set("down", "1.5s"))
	require.Equal(t, Moment{Time: 1500 * time.Millisecond}, c.Down)
	for option, want := range map[[2]string]string{
		{"latency", "fast"}:        "latency=fast: expected a duration, such as 50ms",
		{"latency", "-1s"}:         "latency=-1s: expected a duration, such as 50ms",
		{"bandwidth", "0"}:         "bandwidth=0: expected a number of bytes, such as 5744 or 16KiB",
		{"window", "9999999999MB"}: "window=9999999999MB: expected a number of bytes, such as 5744 or 16KiB",
		{"loss", "2"}:              "loss=2: expected a share between 0 and 1, such as 0.02",
		{"loss", "NaN"}:            "loss=NaN: expected a share between 0 and 1, such as 0.02",
		{"offline", "1"}:           "offline=1: expected no value",
		{"sockets", "0"}:           "sockets=0: expected a number, such as 10",
		{"sockets", "3/EIO"}:       "sockets=3/EIO: expected ENFILE or ENOMEM after the slash",
		{"down", "-3s"}:            "down=-3s: expected a number of bytes or a time, such as 4KiB or 1.5s",
		{"lag", "1s"}:              `a network has no "lag"; it has back, bandwidth, dns-delay, dns-loss, down, jitter, latency, loss, offline, seed, sockets, stall, window`,
	} {
		require.EqualError(t, c.Set(option[0], option[1]), want)
	}
}
