package compare_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Two runs on boards that agree, and two that differ in one field.
func BenchmarkBetween(b *testing.B) {
	one := rapid.Custom(anObservation).Example(1)
	same, other := rapid.Custom(anObservation).Example(1), rapid.Custom(anObservation).Example(1)
	response := *other.Response
	response.Reason += "!"
	other.Response = &response
	for _, c := range []struct {
		name  string
		diffs bool
	}{{"Same", false}, {"Different", true}} {
		b.Run(c.name, func(b *testing.B) {
			reference, got := run(one), run(same)
			if c.diffs {
				got = run(other)
			}
			b.ReportAllocs()
			for b.Loop() {
				require.Equal(b, c.diffs, len(between(reference, got)) > 0)
			}
		})
	}
}
