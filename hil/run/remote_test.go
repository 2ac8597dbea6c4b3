package run_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/run"
)

// A thousand boards that are woken in one moment come to their prompts when nobody
// listens any more.
func TestNoMoreThan64BoardsElsewhereAreSpokenToAtOnce(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	now, most := 0, 0
	all := make(chan struct{}) // closed when 64 are there
	connect := func(ctx context.Context, _ board.Board) (run.Link, error) {
		mu.Lock()
		now++
		if most = max(most, now); now == 64 && most == 64 {
			select {
			case <-all:
			default:
				close(all)
			}
		}
		mu.Unlock()
		select {
		case <-all:
		case <-ctx.Done():
		}
		mu.Lock()
		now--
		mu.Unlock()
		return nil, errors.New("it says nothing")
	}
	var pools []run.Pool
	for i := range 200 {
		pools = append(pools, run.Pool{Name: fmt.Sprint("far", i), Power: func(context.Context) (board.Board, error) { return mute{}, nil }})
	}
	report := run.Scenarios(t.Context(), run.Config{Boards: pools, Connect: connect, Clients: []string{"espy.requests"}}, files(t, get))
	require.Equal(t, 200, report.Totals.Rig)
	require.Equal(t, 64, most)
}

// mute is a board that is there.
type mute struct{}

func (mute) Name() string                             { return "mute" }
func (mute) Open(context.Context) (board.UART, error) { return nil, errors.New("it has no UART") }
func (mute) Reset(context.Context) error              { return nil }
func (mute) Close() error                             { return nil }
