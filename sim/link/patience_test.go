package link

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

func TestTheTurnsOfATimeoutAreItsWholeLength(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		timeout := time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "timeout"))
		p, sum, turns := newPatience(timeout), time.Duration(0), 0
		for !p.over() {
			sum += p.turn()
			turns++
		}
		require.Equal(t, timeout, sum)
		require.LessOrEqual(t, turns, mostTurns)
	})
}

// standing is a board whose computer stands still whenever it is to wait, for longer than
// the timeout.
type standing struct {
	vm.Waiter
	turns int
}

func (s *standing) Wait(_ func(), block func()) errno.Errno {
	time.Sleep(time.Hour)
	block()
	s.turns++
	return errno.OK
}

// What is done as soon as the computer goes on again has come in time.
func TestAComputerThatStandsStillIsNoTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := begin(func() { time.Sleep(90 * time.Minute) })
		require.Equal(t, errno.OK, slow.await(&standing{}, newPatience(time.Minute)))
		never := begin(func() { time.Sleep(1000 * time.Hour) })
		w := &standing{}
		require.Equal(t, errno.ETIMEDOUT, never.await(w, newPatience(time.Minute)))
		require.Equal(t, mostTurns, w.turns)
		<-never.done
	})
}
