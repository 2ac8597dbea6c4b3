package source

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/bench/measure"
)

func TestMetricsOfBenchmarksAreReadings(t *testing.T) {
	t.Parallel()
	r, err := parse("goos: linux\nBenchmarkOne/a-b-2   \t       5\t   1500000 ns/op\t        12.50 MB/s\t 7 B-imported\nBenchmarkTwo \t 1\t 2 allocs/op\nPASS\n")
	require.NoError(t, err)
	require.Equal(t, measure.Readings{
		"One/a-b ns/op": 1.5e6, "One/a-b µs/op": 1500, "One/a-b ms/op": 1.5, "One/a-b s/op": 0.0015, "One/a-b MB/s": 12.5, "One/a-b B-imported": 7, "Two allocs/op": 2,
	}, r)
	_, err = parse("PASS\n")
	require.ErrorContains(t, err, "no benchmark ran")
}

func TestWhatABenchmarkLeavesOutIsTold(t *testing.T) {
	t.Parallel()
	require.Equal(t, map[string]string{"PeerHeap/yours B-per-GET": "TypeError: no: that", "A c/s": "it hung"},
		reasons("left out: PeerHeap/yours B-per-GET: TypeError: no: that\nnoise left out: B c/s: x\nleft out: A c/s: it hung\n"))
}

const said = `Running 2s test @ http://127.0.0.1:1/albums/1
  1 threads and 32 connections
  Latency Distribution
     50%  236.00us
     75%    1.00ms
     90%    2.50ms
     99%    1.20s
  170000 requests in 2.00s, 30.00MB read
Requests/sec:  85000.50
`

func TestWhatWrkSaysIsRead(t *testing.T) {
	t.Parallel()
	r, err := parseWrk([]byte(said))
	require.NoError(t, err)
	require.Equal(t, measure.Readings{"requests": 170000, "requests/s": 85000.5, "p50": 0.236, "p90": 2.5, "p99": 1200}, r)
	for trouble, want := range map[string]string{
		said + "  Socket errors: connect 0, read 3, write 0, timeout 0\n": "Socket errors: connect 0, read 3",
		said + "  Non-2xx or 3xx responses: 7\n":                          "Non-2xx",
		"unable to connect":                                               "wrk says no",
	} {
		_, err := parseWrk([]byte(trouble))
		require.ErrorContains(t, err, want)
	}
}
