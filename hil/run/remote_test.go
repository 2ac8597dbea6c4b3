package run_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
)

// A thousand boards that are woken in one moment come to their prompts when nobody
// listens any more.
func TestNoMoreThan64BoardsElsewhereAreSpokenToAtOnce(t *testing.T) {
	t.Parallel()
	scenario := files(t, get)
	synctest.Test(t, func(t *testing.T) {
		var spokenTo atomic.Int64
		answer := make(chan struct{})
		connect := func(context.Context, board.Board) (run.Link, error) {
			spokenTo.Add(1)
			defer spokenTo.Add(-1)
			<-answer
			return nil, errors.New("it says nothing")
		}
		var pools []run.Pool
		for i := range 200 {
			pools = append(pools, run.Pool{Name: fmt.Sprint("far", i), Power: func(context.Context) (board.Board, error) { return mute{}, nil }})
		}
		reports := make(chan result.Report)
		go func() {
			reports <- run.Scenarios(t.Context(), run.Config{Boards: pools, Connect: connect, Clients: []string{"espy.requests"}}, scenario)
		}()
		synctest.Wait() // until each worker waits for something
		require.EqualValues(t, 64, spokenTo.Load())
		close(answer)
		report := <-reports
		require.Equal(t, 200, report.Totals.Rig, "each has had its turn")
	})
}

// mute is a board that is there.
type mute struct{}

func (mute) Name() string                             { return "mute" }
func (mute) Open(context.Context) (board.UART, error) { return nil, errors.New("it has no UART") }
func (mute) Reset(context.Context) error              { return nil }
func (mute) Close() error                             { return nil }
