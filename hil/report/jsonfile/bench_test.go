package jsonfile_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/jsonfile"
)

// The results of 10,000 runs.
func BenchmarkTenThousandRuns(b *testing.B) {
	r := report()
	for len(r.Runs) < 10_000 {
		r.Runs = append(r.Runs, r.Runs[0])
	}
	var text bytes.Buffer
	require.NoError(b, jsonfile.Write(&text, r))
	b.Run("Write", func(b *testing.B) {
		b.SetBytes(int64(text.Len()))
		b.ReportAllocs()
		for b.Loop() {
			require.NoError(b, jsonfile.Write(io.Discard, r))
		}
	})
	b.Run("Parse", func(b *testing.B) {
		b.SetBytes(int64(text.Len()))
		b.ReportAllocs()
		for b.Loop() {
			_, err := jsonfile.Parse(text.Bytes())
			require.NoError(b, err)
		}
	})
}
