package unix

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAMarkIsFoundAmongWhatLooksLikeOne(t *testing.T) {
	t.Parallel()
	for name, wire := range map[string]string{
		"alone":                     "\x00espy 12 34\x00",
		"after output":              "text\r\n\x00espy 12 34\x00",
		"after another":             "\x00espy 1 1\x00\x00espy 12 34\x00",
		"after half of another":     "\x00espy 1 1\x00espy 12 34\x00",
		"after a quarter":           "\x00es\x00espy 12 34\x00",
		"after what ends otherwise": "\x00espy 1 1\r\n\x04\x04>\x00espy 12 34\x00",
	} {
		for cut := range len(wire) {
			var m marks
			done := m.await(true, 12)
			require.Empty(t, m.pass([]byte(wire[:cut])), name)
			require.Equal(t, "rest", string(m.pass([]byte(wire[cut:]+"rest"))), "%s, cut at %d", name, cut)
			select {
			case got := <-done:
				require.Equal(t, mark{12, 34}, got)
			default:
				t.Fatalf("%s, cut at %d: not found", name, cut)
			}
		}
	}
}
