package agent

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/repl"
)

// line is a frame as the agent prints it.
func line(seq int, payload string) string {
	return fmt.Sprintf("\x1eespy %d %s %s\r\n", seq, payload, checksum(fmt.Sprintf("%d %s", seq, payload)))
}

// scan pushes pieces and returns what became of them.
func scan(pieces ...string) (frames []string, log string) {
	var s scanner
	for _, p := range pieces {
		for _, f := range s.push([]byte(p)) {
			frames = append(frames, fmt.Sprintf("%d %s", f.seq, f.payload))
		}
	}
	return frames, string(s.heard())
}

func TestFramesAreFoundAmongOtherOutput(t *testing.T) {
	t.Parallel()
	hello, start := line(0, `{"a": 1}`), line(1, `{"b": "\u001e é"}`)
	damaged := strings.Replace(hello, `1}`, `2}`, 1)
	for name, c := range map[string]struct{ heard, log string }{
		"alone":                        {hello + start, ""},
		"with LF alone":                {strings.ReplaceAll(hello+start, "\r", ""), ""},
		"between prints":               {"one\r\n" + hello + "two\r\n" + start + "three", "one\r\ntwo\r\nthree"},
		"after a print without an end": {"print" + hello + start, "print"},
		"after a marker that is none":  {"\x1e\x1eespy " + hello + start, "\x1e\x1eespy "},
		"after one that lost its end":  {hello[:9] + hello + start, hello[:9]},
		"after one with a bit flipped": {damaged + hello + start, damaged},
		"after one cut in two":         {hello[:9] + "\n" + hello[9:] + hello + start, hello[:9] + "\n" + hello[9:]},
		"after one that never ends":    {"\x1eespy " + strings.Repeat("x", frameLimit) + hello + start, ("\x1eespy " + strings.Repeat("x", frameLimit))[6:]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			frames, log := scan(c.heard)
			require.Empty(t, cmp.Diff([]string{`0 {"a": 1}`, `1 {"b": "\u001e é"}`}, frames))
			require.Equal(t, c.log, log)
		})
	}
}

// Whatever noise stands between frames, and however the bytes are chopped, every
// frame arrives, in order, and the rest is log.
func TestFramesSurviveAnyNoiseAndAnyChopping(t *testing.T) {
	t.Parallel()
	noise := rapid.SliceOf(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte("\x1e\r\n\x04\x00 espy"))))
	rapid.Check(t, func(t *rapid.T) {
		var heard string
		var want []string
		for range rapid.IntRange(0, 5).Draw(t, "frames") {
			seq := rapid.IntRange(0, 1e6).Draw(t, "seq")
			payload := strings.Map(printable, rapid.String().Draw(t, "payload"))
			heard += string(noise.Draw(t, "noise")) + line(seq, payload)
			want = append(want, fmt.Sprintf("%d %s", seq, payload))
		}
		heard += string(noise.Draw(t, "noise"))
		var pieces []string
		for rest := heard; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			pieces = append(pieces, rest[:n])
			rest = rest[n:]
		}
		frames, log := scan(pieces...)
		require.Empty(t, cmp.Diff(want, frames))
		whole, wholeLog := scan(heard)
		require.Equal(t, whole, frames)
		require.Equal(t, wholeLog, log)
	})
}

// printable drops what JSON escapes.
func printable(r rune) rune {
	if r < ' ' {
		return -1
	}
	return r
}

// FuzzScanner looks for a frame that is accepted with a wrong sum, for bytes that
// are lost, and for a scanner that does not find its way back.
func FuzzScanner(f *testing.F) {
	good := line(1, `{"frame": "start"}`)
	f.Add([]byte(good), 3)
	f.Add([]byte("\x1eespy 1 {} 00000000\r\n"), 1)
	f.Add([]byte("\x1e\x1e\n\x1eespy  \n"+good), 7)
	f.Add([]byte("\x1eespy 01 x "+checksum("1 x")+"\n"), 100)
	f.Fuzz(func(t *testing.T, heard []byte, piece int) {
		piece = max(1, piece%64)
		var s scanner
		var size int
		for rest := heard; len(rest) > 0; {
			n := min(piece, len(rest))
			for _, f := range s.push(rest[:n]) {
				size += len(f.payload)
				whole := strings.TrimSuffix(line(f.seq, string(f.payload)), "\r\n")
				require.True(t, bytes.Contains(heard, []byte(whole)), "accepted without its sum: %q", f.payload)
			}
			rest = rest[n:]
		}
		if len(heard) < logLimit {
			require.LessOrEqual(t, len(s.heard())+size, len(heard), "nothing is made up")
		}
		frames := s.push([]byte(good))
		require.NotEmpty(t, frames, "a good frame is found after anything")
		require.Equal(t, `{"frame": "start"}`, string(frames[len(frames)-1].payload))
	})
}

func TestTextBecomesAPythonLiteral(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``:                `''`,
		`{"a": "b"}`:      `'{"a": "b"}'`,
		`it's a \`:        `'it\'s a \\'`,
		"é\u20ac😀":        `'\u00e9\u20ac\U0001f600'`,
		"\x00\x04\n\x7f":  `'\u0000\u0004\u000a\u007f'`,
		"\u2028 and \xff": `'\u2028 and \ufffd'`,
	} {
		require.Equal(t, want, repl.Quote(text))
	}
}
