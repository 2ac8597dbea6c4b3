package board_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
)

type plain struct{ board.Board }

type wrapper struct{ board.Board }

func (w wrapper) Unwrap() board.Board { return w.Board }

type powered struct {
	board.Board
	name string
}

func (powered) HasPower() bool                   { return true }
func (powered) PowerCycle(context.Context) error { return nil }
func (p powered) Unwrap() board.Board            { return p.Board }

func TestWhatABoardCanDoIsSeenThroughItsWrappers(t *testing.T) {
	t.Parallel()
	can, ok := board.As[board.PowerCycler](wrapper{wrapper{powered{name: "inner"}}})
	require.True(t, ok)
	require.Equal(t, powered{name: "inner"}, can)
	outer := powered{powered{name: "inner"}, "outer"}
	can, ok = board.As[board.PowerCycler](wrapper{outer})
	require.True(t, ok)
	require.Equal(t, outer, can, "the outermost decides")
	_, ok = board.As[board.PowerCycler](plain{powered{}})
	require.False(t, ok, "one without Unwrap hides it on purpose")
	_, ok = board.As[board.Networked](wrapper{powered{}})
	require.False(t, ok)
}
