package recovery

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
)

// slow is a silent board each of whose means may take a while, or not end before it is
// told to.
type slow struct {
	opening, reopening, resetting time.Duration
	noPower                       bool

	opened int
	reset  time.Duration // how long it was let
	power  time.Duration // likewise
}

const never = time.Hour

// wait waits for as long as it is let.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *slow) Name() string { return "slow" }

func (b *slow) Close() error { return nil }

func (b *slow) Open(ctx context.Context) (board.UART, error) {
	b.opened++
	how := b.opening
	if b.opened > 1 {
		how = b.reopening
	}
	if err := wait(ctx, how); err != nil {
		return nil, err
	}
	uart, wire := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, wire) }()
	return uart, nil
}

func (b *slow) Reset(ctx context.Context) error {
	begun := time.Now()
	err := wait(ctx, b.resetting)
	b.reset = time.Since(begun)
	return err
}

func (b *slow) HasPower() bool { return !b.noPower }

func (b *slow) PowerCycle(ctx context.Context) error {
	begun := time.Now()
	err := wait(ctx, never)
	b.power = time.Since(begun)
	return err
}

// Whatever hangs before it, the command for the power has its 3 s, and the board is given
// up in less than 10 s.
func TestTheCommandForThePowerIsNeverStarved(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]*slow{
		"a silent board": {},
		"a device that takes a while to come back": {opening: 5 * time.Second},
		"a reset that does not end":                {resetting: never},
		"a device that cannot be opened anew":      {reopening: never},
		"all of that":                              {opening: 4 * time.Second, resetting: never, reopening: never},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				_, _, err := Open(t.Context(), b)
				require.ErrorAs(t, err, new(*Dead))
				require.LessOrEqual(t, time.Since(begun), budget)
				require.GreaterOrEqual(t, b.power, forPower)
			})
		})
	}
}

func TestEachStepEndsAtItsOwnLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &slow{resetting: never, reopening: never, noPower: true}
		begun := time.Now()
		_, _, err := Open(t.Context(), b)
		require.ErrorAs(t, err, new(*Dead))
		require.Equal(t, 2500*time.Millisecond, b.reset)
		sum := mildest.limit + atPatience
		for _, s := range harder {
			sum += s.limit
		}
		require.LessOrEqual(t, time.Since(begun), sum)
		require.LessOrEqual(t, sum, budget-forPower, "all of them, and the command for the power")
	})
}

// A board without such a command has all of the time for the rest.
func TestWithoutACommandTheRestHasAllTheTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &slow{opening: 5 * time.Second, resetting: never, noPower: true}
		_, _, err := Open(t.Context(), b)
		var dead *Dead
		require.True(t, errors.As(err, &dead))
		require.Positive(t, b.reset)
		require.LessOrEqual(t, dead.After, budget)
	})
}

// refusing is a board whose offerer takes a while to say that another client has it.
type refusing struct{ slow }

func (b *refusing) Open(context.Context) (board.UART, error) {
	b.opened++
	uart, wire := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, wire) }()
	go func() {
		time.Sleep(forInterrupt + 500*time.Millisecond) // of the bubble's time
		_, _ = io.WriteString(wire, "espy: board refusing: another client has its UART; come back when it has gone\r\n")
		_ = wire.Close() // it has said all
	}()
	return uart, nil
}

func TestABoardThatIsRefusedLateIsLeftInPeace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &refusing{}
		_, _, err := Open(t.Context(), b)
		require.ErrorIs(t, err, board.ErrBusy)
		require.Equal(t, 1, b.opened)
		require.Zero(t, b.reset)
		require.Zero(t, b.power)
	})
}
