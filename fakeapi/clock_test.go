package fakeapi

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestADeadlineGrantsItsTimeAndLittleMore(t *testing.T) {
	t.Parallel()
	var d deadline
	begun := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	const grants = 16 * time.Second
	moves := 0
	for now := begun; now.Before(begun.Add(time.Minute)); now = now.Add(100 * time.Millisecond) {
		at, moved := d.extend(now, grants)
		require.GreaterOrEqual(t, at.Sub(now), grants)
		require.LessOrEqual(t, at.Sub(now), grants+time.Second)
		if moved {
			moves++
		}
	}
	require.LessOrEqual(t, moves, 61, "once a second, and not 600 times")
}

func TestADateIsThatOfItsSecond(t *testing.T) {
	t.Parallel()
	var d dates
	at := time.Date(2026, time.March, 1, 12, 0, 59, 999, time.FixedZone("elsewhere", 3600))
	require.Equal(t, "Sun, 01 Mar 2026 11:00:59 GMT", d.at(at))
	require.Equal(t, "Sun, 01 Mar 2026 11:00:59 GMT", d.at(at))
	require.Equal(t, "Sun, 01 Mar 2026 11:01:00 GMT", d.at(at.Add(time.Second)))
	require.Equal(t, "Sun, 01 Mar 2026 11:00:59 GMT", d.at(at), "a clock that goes back")
}
