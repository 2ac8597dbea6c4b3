package agent

import (
	"context"
	"crypto/rand"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/sim"
)

// overheard counts the bytes that are written to a board. Its name is one that no other
// test's board has: what a board says is remembered by name.
type overheard struct {
	*sim.Board
	name string
	sent *atomic.Int64
}

func (b overheard) Name() string { return b.name }

type overheardUART struct {
	board.UART
	sent *atomic.Int64
}

func (b overheard) Open(ctx context.Context) (board.UART, error) {
	u, err := b.Board.Open(ctx)
	return overheardUART{u, b.sent}, err
}

func (u overheardUART) Write(p []byte) (int, error) {
	n, err := u.UART.Write(p)
	u.sent.Add(int64(n))
	return n, err
}

func TestABoardGoesWhereOneThatIsAlikeHasSaidHello(t *testing.T) {
	t.Parallel()
	name := "sim " + rand.Text()
	files := current()
	files["/own"] = []byte(rand.Text()) // no board of another test is alike
	sent := func(b *sim.Board) (Hello, int64) {
		var n atomic.Int64
		l, err := Open(t.Context(), overheard{b, name, &n}, deploy.Files(firmware.Source()))
		require.NoError(t, err)
		greeted := n.Load()
		do(t, l, get("ok"))
		require.NoError(t, l.Close())
		return l.Hello(), greeted
	}
	first, long := sent(virtual(t, files))
	second, short := sent(virtual(t, files))
	require.Equal(t, first, second)
	require.NotZero(t, long)
	require.Zero(t, short)

	other := current()
	other["/own"] = []byte(rand.Text())
	_, long = sent(virtual(t, other))
	require.NotZero(t, long, "a board that is not alike says hello itself")
}
