package plain_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/report/plain"
)

func TestWideCharactersTakeTwoColumns(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "abc": 3, "é": 1, "e\u0301": 1, "漢字": 4, "가": 2, "ｗ": 2, "🙂": 2, "…": 1, "✓": 1} {
		require.Equal(t, want, plain.Columns(text), text)
	}
	require.Equal(t, "漢…", plain.Fit("漢字漢", 4))
	require.Equal(t, "漢字漢", plain.Fit("漢字漢", 6))
	require.Equal(t, "漢字  ", plain.Pad("漢字", 6))
}

func TestWhatFitsIsNoWider(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := plain.Printable(rapid.String().Draw(t, "text"))
		most := rapid.IntRange(0, 40).Draw(t, "columns")
		fit := plain.Fit(text, most)
		if plain.Columns(fit) > most || plain.Columns(text) <= most && fit != text {
			t.Fatalf("%q in %d columns: %q", text, most, fit)
		}
		if padded := plain.Pad(fit, most); plain.Columns(padded) != most {
			t.Fatalf("%q", padded)
		}
	})
}

// What is shown says which character, or which byte, it was.
func TestEscapesTellCharactersAndBytesApart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"\x85": `\x85`, "\u0085": `\u0085`, "\ue004" + "1": `\ue0041`, "\U000e0041": `\u{e0041}`, "\x1b[31m\a": `\x1b[31m\x07`, "\u202e": `\u202e`, "\r\n\t": `\r\n\t`, "é漢🙂": "é漢🙂",
	} {
		require.Equal(t, want, plain.Printable(text))
	}
}
