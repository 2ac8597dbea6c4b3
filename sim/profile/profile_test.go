package profile_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/sim/profile"
)

func TestATextThatIsHeardAtItsOwnRateIsItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		rate := rapid.IntRange(300, 3_000_000).Draw(t, "rate")
		require.Equal(t, text, profile.Heard(text, rate, rate))
		// A receiver may be off by 4 %.
		require.Equal(t, text, profile.Heard(text, rate*100, rate*104))
		require.Equal(t, text, profile.Heard(text, rate*104, rate*100))
	})
}

func TestAnythingIsHeardAtAnyRate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		sent, received := rapid.IntRange(300, 3_000_000).Draw(t, "sent"), rapid.IntRange(300, 3_000_000).Draw(t, "received")
		bits := 10 * len(text) * max(1, received/sent+1)
		require.LessOrEqual(t, len(profile.Heard(text, sent, received)), bits)
	})
}

func TestEveryProfileIsWhole(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"esp32", "esp32-c3", "esp8266"}, profile.Names())
	for _, name := range profile.Names() {
		p, ok := profile.Find(name)
		require.True(t, ok)
		require.NotEmpty(t, p.ROM(profile.PowerOn))
		require.NotEqual(t, p.ROM(profile.PowerOn), p.ROM(profile.Woken))
		require.Len(t, p.MAC, 6)
		require.LessOrEqual(t, p.UserFlash+p.Files, p.Flash)
		require.Zero(t, p.Files%4096)
		require.NotEmpty(t, p.Pins)
		require.Positive(t, p.WiFi.Join)
	}
	_, ok := profile.Find("esp32-s9")
	require.False(t, ok)
}
