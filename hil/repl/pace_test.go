package repl

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestABoardThatHasLostNoAnswerIsWaitedForAsLongAsIsAllowed(t *testing.T) {
	t.Parallel()
	var p pace
	require.Equal(t, 2*time.Second, p.limit(2*time.Second))
	p.learn(time.Millisecond, nil)
	require.Equal(t, 2*time.Second, p.limit(2*time.Second), "quick so far is no promise on a busy computer")
	p.learn(2*time.Second, os.ErrDeadlineExceeded)
	require.Equal(t, 2*soonest, p.limit(2*time.Second), "it may still be on its way")
	p.learn(time.Millisecond, nil)
	require.Equal(t, soonest, p.limit(2*time.Second), "a line that loses answers is not worth the wait")
	p.learn(150*time.Millisecond, nil)
	require.Equal(t, 1500*time.Millisecond, p.limit(2*time.Second))
}
