package boardtest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
)

// checkpointTests are for boards that can go back to where they were; to others they
// say nothing.
var checkpointTests = []test{
	{"a rollback brings memory and files back, as often as one likes", checkpointed(func(t *testing.T, b checkpointer) {
		r, ctx := enter(t, b)
		run(ctx, t, r, "import os\nkept = 1\nwith open('/boardtest.txt', 'w') as f: f.write('kept')")
		require.NoError(t, b.Checkpoint(ctx, t.Name()))
		for range 3 {
			run(ctx, t, r, "kept = [bytearray(100) for _ in range(10)]\nos.remove('/boardtest.txt')\nos.mkdir('/boardtest')")
			require.NoError(t, b.Rollback(ctx, t.Name()))
			require.Equal(t, "1 kept False\r\n", run(ctx, t, r, "print(kept, open('/boardtest.txt').read(), 'boardtest' in os.listdir('/'))"))
		}
		run(ctx, t, r, "os.remove('/boardtest.txt')")
	})},
	{"a rollback ends what is under way", checkpointed(func(t *testing.T, b checkpointer) {
		r, ctx := enter(t, b)
		require.NoError(t, b.Checkpoint(ctx, t.Name()))
		run(ctx, t, r, "x = 1")
		require.NoError(t, b.Rollback(ctx, t.Name()))
		require.Equal(t, "False\r\n", run(ctx, t, r, "print('x' in globals())"))
		require.NoError(t, r.SoftReset(ctx))
		require.NoError(t, b.Rollback(ctx, t.Name()))
		require.NoError(t, r.Enter(ctx))
		usable(ctx, t, r)
	})},
	{"a later checkpoint of the name takes the place of the first", checkpointed(func(t *testing.T, b checkpointer) {
		r, ctx := enter(t, b)
		for i := range 3 {
			run(ctx, t, r, fmt.Sprintf("x = %d", i))
			require.NoError(t, b.Checkpoint(ctx, t.Name()))
		}
		run(ctx, t, r, "x = 9")
		require.NoError(t, b.Rollback(ctx, t.Name()))
		require.Equal(t, "2\r\n", run(ctx, t, r, "print(x)"))
	})},
	{"there is nothing to go back to under a name that nobody has used", checkpointed(func(t *testing.T, b checkpointer) {
		r, ctx := enter(t, b)
		require.ErrorIs(t, b.Rollback(ctx, t.Name()), board.ErrNoCheckpoint)
		usable(ctx, t, r)
	})},
	{"a board that is busy takes no checkpoint, and says so in time", checkpointed(func(t *testing.T, b checkpointer) {
		r, ctx := enter(t, b)
		p := start(ctx, t, r, "print('ready')\nwhile True: pass", "ready\r\n")
		require.Error(t, b.Checkpoint(limit(t, 20*time.Millisecond), t.Name()))
		require.NoError(t, r.Interrupt(ctx))
		require.Error(t, p.Wait(ctx))
		usable(ctx, t, r)
		require.NoError(t, b.Checkpoint(ctx, t.Name()))
	})},
}

type checkpointer interface {
	board.Board
	board.Checkpointer
}

// checkpointed is a test of what boards with checkpoints do.
func checkpointed(test func(*testing.T, checkpointer)) func(*testing.T, board.Board) {
	return func(t *testing.T, b board.Board) {
		if c, ok := b.(checkpointer); ok {
			test(t, c)
		} else {
			t.Log("the board has no checkpoints")
		}
	}
}
