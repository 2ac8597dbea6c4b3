package life_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/sim/life"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lives is a board whose lives are numbers, each of which runs until it is stopped.
type lives struct {
	*life.Life[int]
	stops chan int
	count int
}

func begin(t *testing.T) *lives {
	t.Helper()
	l := &lives{stops: make(chan int, 10)}
	l.Life = life.New("b", func(n int) { l.stops <- n })
	require.NoError(t, l.Begin(t.Context(), l.run))
	return l
}

func (l *lives) run() {
	for {
		l.count++
		if l.Began(l.count) != nil {
			return
		}
		for n := range l.stops {
			if n == l.count {
				break
			}
		}
		if !l.Ended() {
			return
		}
	}
}

func TestAResetIsDoneWhenTheNextLifeHasBegun(t *testing.T) {
	t.Parallel()
	l := begin(t)
	now, running := l.Now()
	require.True(t, running)
	require.Equal(t, 1, now)
	require.NoError(t, l.Reset(t.Context()))
	now, running = l.Now()
	require.True(t, running)
	require.Equal(t, 2, now)
	require.False(t, l.Ending())
	require.NoError(t, l.Over())
	l.Off()
}

func TestABoardThatIsOffSaysSoAndIsNotReset(t *testing.T) {
	t.Parallel()
	l := begin(t)
	l.Off()
	l.Off()
	require.ErrorIs(t, l.Over(), life.ErrOff)
	require.EqualError(t, l.Reset(t.Context()), "board b: it is powered off")
	_, running := l.Now()
	require.False(t, running)
}

func TestABoardThatDiedTellsWhy(t *testing.T) {
	t.Parallel()
	l := life.New("b", func(int) {})
	err := l.Begin(t.Context(), func() { l.Die(errors.New("no heap")) })
	require.EqualError(t, err, "board b: no heap")
	l.Off()
	require.EqualError(t, l.Over(), "board b: no heap")
}

func TestWaitingForALifeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	l := life.New("b", func(int) {})
	may := make(chan struct{})
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	err := l.Begin(ctx, func() { <-may; _ = l.Began(1) })
	require.EqualError(t, err, "waiting for board b to start: enough")
	close(may)
	l.Off()
}
