package fakeapi_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// A pace is measured on the real clock, where it can only be missed in one
// direction: a machine that is busy makes everything late. So nothing may ever come
// early, and once in a few tries it must come in time.
const tries = 40

// received is how much of a reply was there at what time after the request.
type received struct {
	at    time.Duration
	bytes int
}

// arrivals reads a reply to its end.
func arrivals(t testing.TB, address string) []received {
	t.Helper()
	w := dial(t, address)
	defer w.Close()
	began := time.Now()
	w.send(getAndClose)
	var all []received
	b, total := make([]byte, 64<<10), 0
	for {
		n, err := w.Read(b)
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		total += n
		all = append(all, received{time.Since(began), total})
	}
}

func TestALatencyIsKeptWithinTwoMilliseconds(t *testing.T) {
	t.Parallel()
	const latency = 30 * time.Millisecond
	_, address, _ := says(t, "hello", "latency=30ms")
	for i := range tries {
		late := arrivals(t, address)[0].at - latency
		require.GreaterOrEqual(t, late, time.Duration(0), "early")
		if late < 2*time.Millisecond {
			return
		}
		t.Logf("try %d: %v late", i, late)
	}
	t.Fatal("never in time")
}

func TestABandwidthIsKeptWithinFivePerCentOverASecond(t *testing.T) {
	t.Parallel()
	const rate = 50 << 10
	for _, with := range [][]string{{"bandwidth=50KiB"}, {"bandwidth=50KiB", "slice=100"}} {
		t.Run(strings.Join(with, " "), func(t *testing.T) {
			t.Parallel()
			_, address, reply := says(t, strings.Repeat("x", rate), with...)
			want := float64(len(reply)) / rate // seconds: one, and the head
			for i := range tries / 10 {
				all := arrivals(t, address)
				for _, r := range all {
					require.LessOrEqual(t, float64(r.bytes), r.at.Seconds()*rate+1, "%d bytes after %v are too many", r.bytes, r.at)
				}
				last := all[len(all)-1]
				require.Equal(t, len(reply), last.bytes)
				off := last.at.Seconds()/want - 1
				if off < 0.05 {
					return
				}
				t.Logf("try %d: %.1f %% slow", i, 100*off)
			}
			t.Fatal("never fast enough")
		})
	}
}

func TestADripIsKept(t *testing.T) {
	t.Parallel()
	_, address, reply := says(t, strings.Repeat("x", 2000), "drip=10us")
	for _, r := range arrivals(t, address) {
		require.GreaterOrEqual(t, r.at, time.Duration(r.bytes-1)*10*time.Microsecond)
		require.LessOrEqual(t, r.bytes, len(reply))
	}
}

func TestABandwidthBeyondAllNeedsHoldsNothingUp(t *testing.T) {
	t.Parallel()
	_, address, reply := says(t, strings.Repeat("x", 2000), "bandwidth=100GiB")
	require.Equal(t, reply, exchange(t, address, getAndClose))
}

// How late the first byte is, and how far from its rate a second of bytes.

func BenchmarkLatency(b *testing.B) {
	const latency = 5 * time.Millisecond
	_, address, _ := says(b, "hello", "latency=5ms")
	var late, latest time.Duration
	n := 0
	for b.Loop() {
		l := arrivals(b, address)[0].at - latency
		late, latest = late+l, max(latest, l)
		n++
	}
	b.ReportMetric(float64(late.Microseconds())/float64(n), "µs-late/op")
	b.ReportMetric(float64(latest.Microseconds()), "µs-latest")
}

func BenchmarkBandwidth(b *testing.B) {
	for _, kib := range []string{"1KiB", "50KiB", "1MiB"} {
		b.Run(kib, func(b *testing.B) {
			rate, err := plan.ParseSize(kib)
			require.NoError(b, err)
			_, address, reply := says(b, strings.Repeat("x", int(rate)), "bandwidth="+kib)
			want := float64(len(reply)) / float64(rate)
			var off, most float64
			n := 0
			for b.Loop() {
				all := arrivals(b, address)
				o := 100 * (all[len(all)-1].at.Seconds()/want - 1)
				off, most = off+o, max(most, o)
				n++
			}
			b.ReportMetric(off/float64(n), "%-slow/op")
			b.ReportMetric(most, "%-slowest")
		})
	}
}
