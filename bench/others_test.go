package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatOtherProgramsHadIsWhatIsLeftOfAll(t *testing.T) {
	t.Parallel()
	now := time.Now()
	after := func(all, own float64) spent { return spent{now.Add(10 * time.Second), 100 + all, 7 + own} }
	require.InDelta(t, 0.25, partOfOthers(spent{now, 100, 7}, after(15, 10), 2), 1e-9, "5 s of 20")
	require.InDelta(t, 0, partOfOthers(spent{now, 100, 7}, after(10, 10.1), 2), 1e-9, "clocks differ by a little")
	seconds, err := parseStat("cpu  1000 200 300 99999 88888 77777 66666 500 0 0\ncpu0 1 2\n")
	require.NoError(t, err)
	require.InDelta(t, 20, seconds, 1e-9)
	_, err = parseStat("intr 1\n")
	require.Error(t, err)
}
