package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAMatchIsLiteralOrAnExpressionOrAbsence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		written, got   string
		present, match bool
	}{
		{"OK", "OK", true, true},
		{"OK", "OKAY", true, false},
		{"OK", "", false, false},
		{"", "", true, true},
		{"", "", false, false},
		{"~OK", "not OK at all", true, true},
		{"~^OK$", "OKAY", true, false},
		{"~", "", true, true},
		{"~", "", false, false},
		{`\~OK`, "~OK", true, true},
		{`\~OK`, "OK", true, false},
		{`\\~OK`, `\~OK`, true, true},
		{`\OK`, `\OK`, true, true},
	} {
		m, err := parseMatch(c.written)
		require.NoError(t, err)
		require.Equal(t, c.match, m.Matches(c.got, c.present), "%q and %q", c.written, c.got)
		require.Equal(t, c.written, m.String())
	}
	absent := Match{Absent: true}
	require.True(t, absent.Matches("", false))
	require.False(t, absent.Matches("", true))
	require.Equal(t, "null", absent.String())
}

// Every text can be written as a literal.
func TestLiteralsSurviveBeingWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune(`~\a`))).Draw(t, "text")
		m, err := parseMatch(Match{Text: text}.String())
		if err != nil || m.Regexp != nil || m.Text != text {
			t.Fatalf("%q became %q (%v)", text, m.Text, err)
		}
	})
}

func TestTheNearestWordIsTheOneMeant(t *testing.T) {
	t.Parallel()
	keys := []string{"status_code", "reason", "headers", "text", "json", "version"}
	for word, want := range map[string]string{
		"reson": "reason", "status": "status_code", "Version": "version", "header": "headers",
		"jsno": "json", "zzz": "", "": "", "expectation": "", "505": "",
	} {
		require.Equal(t, want, nearest(word, keys), word)
	}
	require.Equal(t, "", nearest("2.0", []string{"1.0", "1.1"}))
}

func TestEditDistanceIsAMetric(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[abc]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := editDistance(a, b)
		if d != editDistance(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Fatalf("from %q to %q: %d, and back: %d", a, b, d, editDistance(b, a))
		}
	})
}
