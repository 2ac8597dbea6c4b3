package fakeapi_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// received is how much of a reply was there at what time after the request.
type received struct {
	at    time.Duration
	bytes int
}

// arrivals reads a reply to its end.
func arrivals(t testing.TB, c net.Conn) []received {
	t.Helper()
	defer c.Close()
	began := time.Now()
	_, err := io.WriteString(c, getAndClose)
	require.NoError(t, err)
	var all []received
	b, total := make([]byte, 64<<10), 0
	for {
		n, err := c.Read(b)
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		total += n
		all = append(all, received{time.Since(began), total})
	}
}

// pipes is a listener whose connections are in memory: with them, a server may stand
// in a test that has a clock of its own.
type pipes struct {
	waiting chan net.Conn
	closed  chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.waiting:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error { close(p.closed); return nil }

func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

// paced is what arrives of a reply with so long a body, on a clock of the test's own,
// from a server with faults.
func paced(t *testing.T, body int, with ...string) []received {
	t.Helper()
	p := pipes{make(chan net.Conn), make(chan struct{})}
	s := fakeapi.Start(p, "main", plan.Server{
		Routes: []plan.Route{{Path: "/", Body: []byte(strings.Repeat("x", body))}}, Faults: faults(t, with...),
	})
	defer func() { require.NoError(t, s.Close()) }()
	client, server := net.Pipe()
	p.waiting <- server
	return arrivals(t, client)
}

func TestALatencyIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		require.Equal(t, 30*time.Millisecond, paced(t, 5, "latency=30ms")[0].at)
	})
}

func TestABandwidthIsKeptOverASecond(t *testing.T) {
	t.Parallel()
	const rate = 50 << 10
	for _, with := range [][]string{{"bandwidth=50KiB"}, {"bandwidth=50KiB", "slice=100"}} {
		t.Run(strings.Join(with, " "), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				all := paced(t, rate, with...)
				for _, r := range all {
					require.LessOrEqual(t, float64(r.bytes), r.at.Seconds()*rate+1, "%d bytes after %v are too many", r.bytes, r.at)
				}
				last := all[len(all)-1]
				require.Greater(t, last.bytes, rate, "the body, and the head")
				require.InEpsilon(t, float64(last.bytes)/rate, last.at.Seconds(), 0.001)
			})
		})
	}
}

func TestADripIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, r := range paced(t, 2000, "drip=10us") {
			require.Equal(t, time.Duration(r.bytes-1)*10*time.Microsecond, r.at)
		}
	})
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
		l := arrivals(b, dial(b, address))[0].at - latency
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
				all := arrivals(b, dial(b, address))
				o := 100 * (all[len(all)-1].at.Seconds()/want - 1)
				off, most = off+o, max(most, o)
				n++
			}
			b.ReportMetric(off/float64(n), "%-slow/op")
			b.ReportMetric(most, "%-slowest")
		})
	}
}
