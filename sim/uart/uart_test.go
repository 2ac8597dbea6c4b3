package uart_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"testing/synctest"
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
	u := uart.New(uart.Settings{}, func() {})
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
	u := uart.New(uart.Settings{}, func() {})
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
	u := uart.New(uart.Settings{}, func() {})
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
	u := uart.New(uart.Settings{}, func() {})
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
	u := uart.New(uart.Settings{}, func() {})
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
	u := uart.New(uart.Settings{}, func() {})
	defer u.Close()
	h := open(t, u)
	done := make(chan error)
	go func() { done <- u.Put(make([]byte, 1<<20), never) }()
	require.NoError(t, h.Close())
	require.NoError(t, <-done)
}

func TestALineEndsAtTheFirstControlCharacter(t *testing.T) {
	t.Parallel()
	u := uart.New(uart.Settings{}, func() {})
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
	u := uart.New(uart.Settings{}, func() { arrived++ })
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
	u := uart.New(uart.Settings{}, func() {})
	defer u.Close()
	open(t, u)
	stop := errors.New("stop")
	_, err := u.Get(make([]byte, 1), func() error { return stop })
	require.ErrorIs(t, err, stop)
	require.ErrorIs(t, u.Put(make([]byte, 1<<20), func() error { return stop }), stop)
}

func TestBytesMoveNoFasterThanTheBaudRateInBothDirections(t *testing.T) {
	t.Parallel()
	const baud, size = 115200, 88 << 10
	want := time.Duration(size) * 10 * time.Second / baud
	for name, way := range map[string]func(u *uart.UART, h *uart.Host) (from, to func([]byte) (int, error)){
		"to the board": func(u *uart.UART, h *uart.Host) (from, to func([]byte) (int, error)) {
			return h.Write, func(p []byte) (int, error) { return u.Get(p, never) }
		},
		"from the board": func(u *uart.UART, h *uart.Host) (from, to func([]byte) (int, error)) {
			return func(p []byte) (int, error) { return len(p), u.Put(p, never) }, h.Read
		},
	} {
		for _, piece := range []int{1, 100, size} {
			t.Run(fmt.Sprint(name, " in pieces of ", piece), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					u := uart.New(uart.Settings{Baud: baud}, func() {})
					defer u.Close()
					from, to := way(u, open(t, u))
					begun := time.Now()
					go func() {
						for range size / piece {
							_, _ = from(make([]byte, piece))
						}
					}()
					moved, buf := 0, make([]byte, 4096)
					for moved < size-size%piece {
						n, err := to(buf)
						require.NoError(t, err)
						moved += n
					}
					require.InEpsilon(t, want, time.Since(begun), 0.01)
				})
			})
		}
	}
}

func TestADeadlineEndsAWriteToASlowWireAndTellsHowMuchWent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := uart.New(uart.Settings{Baud: 1000}, func() {})
		defer u.Close()
		h := open(t, u)
		require.NoError(t, h.SetWriteDeadline(time.Now().Add(1005*time.Millisecond)))
		n, err := h.Write(make([]byte, 1000))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.Equal(t, 100, n)
		got, err := u.Get(make([]byte, 1000), never)
		require.NoError(t, err)
		require.Equal(t, 100, got)
	})
}

func TestTheResetOfABoardEndsItsWaitForASlowWire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := uart.New(uart.Settings{Baud: 300}, func() {})
		defer u.Close()
		stop, stopped := errors.New("stop"), false
		done := make(chan error)
		go func() {
			done <- u.Put(make([]byte, 10_000), func() error {
				if stopped {
					return stop
				}
				return nil
			})
		}()
		synctest.Wait()
		stopped = true
		u.Wake()
		require.ErrorIs(t, <-done, stop)
	})
}

func TestAReceiveBufferOfAChipLosesWhatItHasNoRoomFor(t *testing.T) {
	t.Parallel()
	u := uart.New(uart.Settings{Receive: 256}, func() {})
	defer u.Close()
	h := open(t, u)
	n, err := h.Write(bytes.Repeat([]byte("a"), 300))
	require.NoError(t, err)
	require.Equal(t, 300, n)
	_, err = h.Write([]byte("b"))
	require.NoError(t, err)
	buf := make([]byte, 1000)
	n, err = u.Get(buf, never)
	require.NoError(t, err)
	require.Equal(t, string(bytes.Repeat([]byte("a"), 256)), string(buf[:n]))
	_, err = h.Write([]byte("c"))
	require.NoError(t, err)
	n, err = u.Get(buf, never)
	require.NoError(t, err)
	require.Equal(t, "c", string(buf[:n]))
}

func TestTheInterruptCharacterNeedsNoRoom(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]uart.Settings{"the host waits": {}, "bytes are lost": {Receive: 256}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				told := make(chan struct{}, 100)
				u := uart.New(settings, func() { told <- struct{}{} })
				h := open(t, u)
				sent := append(bytes.Repeat([]byte("x"), 5000), "yy\x03zz"...)
				wrote := make(chan error, 1)
				go func() {
					_, err := h.Write(sent)
					wrote <- err
				}()
				synctest.Wait()
				require.NotEmpty(t, told)
				require.False(t, u.Take(4))
				require.True(t, u.Take(3))
				require.False(t, u.Take(3))
				var got []byte
				for buf := make([]byte, 1000); ; {
					synctest.Wait()
					n, err := u.Get(buf, func() error { return io.EOF })
					if err != nil {
						break
					}
					got = append(got, buf[:n]...)
				}
				require.NoError(t, <-wrote)
				want := append(bytes.Repeat([]byte("x"), 5000), "yyzz"...)
				if settings.Receive > 0 {
					want = want[:settings.Receive]
				}
				require.Equal(t, string(want), string(got))
				u.Close()
			})
		})
	}
}

func TestAWriteThatIsGivenUpAfterAnInterruptTellsWhatWent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := uart.New(uart.Settings{}, func() {})
		defer u.Close()
		h := open(t, u)
		require.NoError(t, h.SetWriteDeadline(time.Now().Add(time.Second)))
		type result struct {
			n   int
			err error
		}
		wrote := make(chan result)
		go func() {
			n, err := h.Write(append(make([]byte, 5000), 3))
			wrote <- result{n, err}
		}()
		synctest.Wait()
		require.True(t, u.Take(3))
		got := <-wrote
		require.ErrorIs(t, got.err, os.ErrDeadlineExceeded)
		require.Equal(t, 4096, got.n)
	})
}
