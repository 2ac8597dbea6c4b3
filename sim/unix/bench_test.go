//go:build peers

package unix_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// From the start of a process to its prompt; the one before it is ended first.
func BenchmarkBoot(b *testing.B) {
	board := power(b, "unix:esp8266", nil)
	uart, err := board.Open(b.Context())
	require.NoError(b, err)
	var took []time.Duration
	for b.Loop() {
		begun := time.Now()
		require.NoError(b, board.Reset(b.Context()))
		readUntil(b, uart, ">>> ")
		took = append(took, time.Since(begun))
	}
	report(b, took)
}

func BenchmarkSoftReset(b *testing.B) {
	r, _ := talk(b, power(b, "unix:esp8266", nil))
	for b.Loop() {
		require.NoError(b, r.SoftReset(b.Context()))
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	r, _ := talk(b, power(b, "unix", nil))
	for b.Loop() {
		run(b, r, "pass")
	}
}

// 200 interrupts at random moments of the programs that the test interrupts: what
// an interrupt takes from being sent to the end of the program, and the worst.
func BenchmarkInterrupt(b *testing.B) {
	board := power(b, "unix:esp8266", nil)
	r, _ := talk(b, board)
	l, _, err := board.Listen(b.Context(), "main")
	require.NoError(b, err)
	defer l.Close()
	programs, moment := busy(b, l), moments()
	var took []time.Duration
	for b.Loop() {
		for i := range 200 {
			took = append(took, interrupt(b, r, programs[i%len(programs)], moment()))
		}
	}
	report(b, took)
}

// report adds what the mean does not tell.
func report(b *testing.B, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	for unit, d := range map[string]time.Duration{
		"ms-median": took[len(took)/2], "ms-p99": took[len(took)*99/100], "ms-worst": took[len(took)-1],
	} {
		b.ReportMetric(float64(d.Nanoseconds())/1e6, unit)
	}
}

func BenchmarkRollback(b *testing.B) {
	board := power(b, "unix", nil)
	r, _ := talk(b, board)
	run(b, r, "pass")
	require.NoError(b, board.Checkpoint(b.Context(), "here"))
	for b.Loop() {
		require.NoError(b, board.Rollback(b.Context(), "here"))
	}
}
