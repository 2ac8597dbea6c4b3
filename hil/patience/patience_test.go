package patience

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWhereNothingIsLostALimitIsOneByTheClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		ctx, cancel := Within(t.Context(), 2500*time.Millisecond)
		defer cancel()
		_, known := ctx.Deadline()
		require.False(t, known)
		require.NoError(t, ctx.Err())
		inner, stop := context.WithCancel(ctx)
		defer stop()
		<-inner.Done()
		require.Equal(t, 2500*time.Millisecond, time.Since(begun))
		require.ErrorIs(t, ctx.Err(), context.DeadlineExceeded)
		require.ErrorIs(t, context.Cause(ctx), context.DeadlineExceeded)
		require.ErrorIs(t, inner.Err(), context.DeadlineExceeded)
		require.ErrorIs(t, context.Cause(inner), context.DeadlineExceeded)
	})
}

// However much time lies between two turns, as where the process was stopped, it is one.
func TestOnlyTurnsCount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		passed := make(chan time.Time)
		ctx, cancel := within(t.Context(), passed, func() {})
		defer cancel()
		for range turns - 1 {
			time.Sleep(time.Hour)
			passed <- time.Now()
		}
		synctest.Wait()
		require.NoError(t, ctx.Err())
		passed <- time.Now()
		synctest.Wait()
		require.ErrorIs(t, ctx.Err(), context.DeadlineExceeded)
	})
}

func TestWhoCancelsIsToldOf(t *testing.T) {
	t.Parallel()
	why := errors.New("the user pressed Ctrl-C")
	parent, end := context.WithCancelCause(t.Context())
	ctx, cancel := Within(parent, time.Hour)
	defer cancel()
	end(why)
	<-ctx.Done()
	require.ErrorIs(t, ctx.Err(), context.Canceled)
	require.ErrorIs(t, context.Cause(ctx), why)

	ctx, cancel = Within(t.Context(), time.Hour)
	cancel()
	<-ctx.Done()
	require.ErrorIs(t, ctx.Err(), context.Canceled)
}
