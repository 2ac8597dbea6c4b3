package unix

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// In whatever pieces the bytes come, each line feed has one carriage return before
// it, and nothing else is changed.
func TestLinesEndInOneCarriageReturnAndALineFeed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.StringOf(rapid.SampledFrom([]rune("ab\r\n")))).Draw(t, "pieces")
		var c cooker
		var got strings.Builder
		for _, piece := range pieces {
			got.Write(c.lines([]byte(piece)))
		}
		all := strings.Join(pieces, "")
		want := strings.ReplaceAll(strings.ReplaceAll(all, "\r\n", "\n"), "\n", "\r\n")
		require.Equal(t, want, got.String())
	})
}
