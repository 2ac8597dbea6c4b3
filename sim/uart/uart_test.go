package uart_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/sim/uart"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func never() error { return nil }

func open(t *testing.T, u *uart.UART) *uart.Host {
	t.Helper()
	h, err := u.Open()
	require.NoError(t, err)
	return h
}

func TestBytesGoThroughInBothDirectionsWithoutLoss(t *testing.T) {
	t.Parallel()
	u := uart.New(func() {})
	h := open(t, u)
	want := bytes.Repeat([]byte("0123456789"), 20_000) // far more than either queue holds
	go func() {
		var buf [300]byte
		for {
			n, err := u.Get(buf[:], never)
			if err != nil {
				return
			}
			if u.Put(buf[:n], never) != nil {
				return
			}
		}
	}()
	go func() { _, _ = h.Write(want) }()
	got := make([]byte, len(want))
	_, err := io.ReadFull(h, got)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got))
	u.Close()
}

func TestADeadlineEndsAPendingReadAndAPendingWrite(t *testing.T) {
	t.Parallel()
	u := uart.New(func() {})
	defer u.Close()
	h := open(t, u)
	require.NoError(t, h.SetReadDeadline(time.Now().Add(time.Millisecond)))
	_, err := h.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	const room = 4 << 10 // of which nobody takes anything
	n, err := h.Write(make([]byte, room-1))
	require.NoError(t, err)
	require.Equal(t, room-1, n)
	require.NoError(t, h.SetWriteDeadline(time.Now().Add(time.Millisecond)))
	_, err = h.Write(make([]byte, 2))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
}

func TestADeadlineThatIsMovedWakesAReadThatIsUnderWay(t *testing.T) {
	t.Parallel()
	u := uart.New(func() {})
	defer u.Close()
	h := open(t, u)
	done := make(chan error)
	go func() {
		_, err := h.Read(make([]byte, 1))
		done <- err
	}()
	require.NoError(t, h.SetReadDeadline(time.Now()))
	require.ErrorIs(t, <-done, os.ErrDeadlineExceeded)

	require.NoError(t, h.SetReadDeadline(time.Time{}))
	go func() {
		_, err := h.Read(make([]byte, 1))
		done <- err
	}()
	require.NoError(t, u.Put([]byte("x"), never))
	require.NoError(t, <-done)
}

func TestOneHostAtATime(t *testing.T) {
	t.Parallel()
	u := uart.New(func() {})
	defer u.Close()
	first := open(t, u)
	_, err := u.Open()
	require.ErrorIs(t, err, uart.ErrBusy)
	require.NoError(t, first.Close())
	require.NoError(t, first.Close())
	_, err = first.Write([]byte("x"))
	require.ErrorIs(t, err, os.ErrClosed)
	open(t, u)
}

func TestWhatIsPrintedWhileNobodyListensIsLostAndDoesNotBlock(t *testing.T) {
	t.Parallel()
	u := uart.New(func() {})
	defer u.Close()
	require.NoError(t, u.Put(make([]byte, 1<<20), never))
	h := open(t, u)
	require.NoError(t, u.Put([]byte("now"), never))
	var buf [8]byte
	n, err := h.Read(buf[:])
	require.NoError(t, err)
	require.Equal(t, "now", string(buf[:n]))
}

func TestAHostThatLeavesFreesABoardThatWaitsForIt(t *testing.T) {
	t.Parallel()
	u := uart.New(func() {})
	defer u.Close()
	h := open(t, u)
	done := make(chan error)
	go func() { done <- u.Put(make([]byte, 1<<20), never) }()
	require.NoError(t, h.Close())
	require.NoError(t, <-done)
}

func TestALineEndsAtTheFirstControlCharacter(t *testing.T) {
	t.Parallel()
	u := uart.New(func() {})
	defer u.Close()
	h := open(t, u)
	_, err := h.Write([]byte("print(1)\x04stdin\xff\x00rest"))
	require.NoError(t, err)
	var buf [64]byte
	for _, want := range []string{"print(1)\x04", "stdin\xff\x00", "rest"} {
		n, err := u.GetLine(buf[:], never)
		require.NoError(t, err)
		require.Equal(t, want, string(buf[:n]))
	}
}

func TestTheInterruptCharacterIsTakenOutOfTheQueue(t *testing.T) {
	t.Parallel()
	arrived := 0
	u := uart.New(func() { arrived++ })
	defer u.Close()
	h := open(t, u)
	_, err := h.Write([]byte("a\x03b"))
	require.NoError(t, err)
	require.Equal(t, 1, arrived)
	require.True(t, u.Take(3))
	require.False(t, u.Take(3))
	var buf [8]byte
	n, err := u.Get(buf[:], never)
	require.NoError(t, err)
	require.Equal(t, "ab", string(buf[:n]))
}

func TestStopEndsTheBoardsWaits(t *testing.T) {
	t.Parallel()
	u := uart.New(func() {})
	defer u.Close()
	open(t, u)
	stop := errors.New("stop")
	_, err := u.Get(make([]byte, 1), func() error { return stop })
	require.ErrorIs(t, err, stop)
	require.ErrorIs(t, u.Put(make([]byte, 1<<20), func() error { return stop }), stop)
}
