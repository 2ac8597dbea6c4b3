package lines_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/lines"
)

// chip is a board behind the two transistors; it notes how its lines were set.
type chip struct {
	dtr, rts bool
	resets   int // EN went low
	loader   int // EN went high while GPIO0 was low
	broken   bool
}

var errUnplugged = errors.New("unplugged")

func (c *chip) SetDTR(on bool) error { return c.set(func() { c.dtr = on }) }
func (c *chip) SetRTS(on bool) error { return c.set(func() { c.rts = on }) }

func (c *chip) held() bool { return c.rts && !c.dtr }

func (c *chip) set(change func()) error {
	if c.broken {
		return errUnplugged
	}
	before := c.held()
	change()
	switch {
	case c.held() && !before:
		c.resets++
	case !c.held() && before && c.dtr && !c.rts:
		c.loader++
	}
	return nil
}

func TestLinesSettleWithoutAReset(t *testing.T) {
	t.Parallel()
	for _, c := range []*chip{{}, {dtr: true}, {rts: true}, {dtr: true, rts: true}} {
		require.NoError(t, lines.Settle(c))
		require.True(t, c.dtr && c.rts)
		require.Zero(t, c.resets, "a board that runs goes on")
		require.Zero(t, c.loader, "one that was held in reset starts its program")
	}
}

func TestResetIsOneAndStartsTheProgram(t *testing.T) {
	t.Parallel()
	for _, c := range []*chip{{}, {dtr: true}, {dtr: true, rts: true}} {
		require.NoError(t, lines.Reset(t.Context(), c))
		require.Equal(t, 1, c.resets)
		require.Zero(t, c.loader)
		require.False(t, c.held())
		require.True(t, c.dtr && c.rts, "at rest")
	}
}

func TestTheButtonDoesNotStayPressed(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the user pressed Ctrl-C")
	cancel(why)
	c := &chip{}
	require.ErrorIs(t, lines.Reset(ctx, c), why)
	require.False(t, c.held())
}

func TestLinesThatCannotBeSetAreAnError(t *testing.T) {
	t.Parallel()
	require.ErrorIs(t, lines.Settle(&chip{broken: true}), errUnplugged)
	require.ErrorIs(t, lines.Reset(t.Context(), &chip{broken: true}), errUnplugged)
}
