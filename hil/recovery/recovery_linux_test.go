package recovery_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/recovery"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/hil/serial"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/pty"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// virtual powers a virtual board.
func virtual(t *testing.T, files map[string][]byte) *sim.Board {
	t.Helper()
	spec, err := sim.Parse("sim")
	require.NoError(t, err)
	b, err := sim.New(t.Context(), spec, files)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

// recovers sees that a board comes to its prompt, and works.
func recovers(t *testing.T, b board.Board) {
	t.Helper()
	u, r, err := recovery.Open(t.Context(), b)
	require.NoError(t, err)
	defer u.Close()
	var out strings.Builder
	require.NoError(t, r.Exec(t.Context(), "print(6 * 7)", &out))
	require.Equal(t, "42\r\n", out.String())
}

// left leaves something on a board's UART, as somebody does who pulls the cable.
func left(t *testing.T, b board.Board, text, until string) {
	t.Helper()
	u, err := b.Open(t.Context())
	require.NoError(t, err)
	require.NoError(t, u.SetReadDeadline(time.Now().Add(time.Minute)))
	_, err = u.Write([]byte(text))
	require.NoError(t, err)
	var got strings.Builder
	for p := make([]byte, 256); !strings.Contains(got.String(), until); {
		n, err := u.Read(p)
		require.NoError(t, err, "%q", got.String())
		got.Write(p[:n])
	}
	require.NoError(t, u.Close())
}

func TestWhateverModeTheREPLIsInItIsBroughtToItsPrompt(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]struct{ text, until string }{
		"the middle of a raw paste":         {"\x01\x05A\x01print('never", "R\x01"},
		"the raw REPL, with half a program": {"\x01print('never", "raw REPL"},
		"paste mode":                        {"\x05print('never'\r\nif x:", "paste mode"},
		"a block that is not ended":         {"if True:\r\n  x = (1,\r\n", "... "},
		"a program that prints for ever":    {"while True: print('x' * 1000)\r\n\r\n", "xxxx"},
		"a program that sleeps":             {"import time; print('zzz'); time.sleep(1000)\r\n", "zzz\r\n"},
		"a program that waits for input":    {"x = input('who? ')\r\n", "\nwho? "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := virtual(t, nil)
			left(t, b, mode.text, mode.until)
			recovers(t, b)
		})
	}
}

// mute is a board whose UART takes everything and gives nothing, until a means helps.
type mute struct {
	board.Board
	cure         string // reset, reopen, power; empty: none
	opened       atomic.Int32
	well         atomic.Bool
	resets, cuts int
}

func (b *mute) Open(ctx context.Context) (board.UART, error) {
	if b.opened.Add(1) > 1 && b.cure == "reopen" {
		b.well.Store(true)
	}
	u, err := b.Board.Open(ctx)
	return &muteUART{u, b}, err
}

func (b *mute) Reset(ctx context.Context) error {
	if b.resets++; b.cure == "reset" {
		b.well.Store(true)
	}
	return b.Board.Reset(ctx)
}

func (b *mute) HasPower() bool { return true }

func (b *mute) PowerCycle(context.Context) error {
	if b.cuts++; b.cure == "power" {
		b.well.Store(true)
	}
	return nil
}

type muteUART struct {
	board.UART
	board *mute
}

func (u *muteUART) Read(p []byte) (int, error) {
	for {
		n, err := u.UART.Read(p)
		if err != nil || u.board.well.Load() {
			return n, err
		}
	}
}

func TestTheMeansAreTriedInRisingOrder(t *testing.T) {
	t.Parallel()
	for cure, want := range map[string]struct{ resets, opened, cuts int }{
		"reset":  {1, 1, 0},
		"reopen": {1, 2, 0},
		"power":  {1, 3, 1},
	} {
		t.Run(cure, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := &mute{Board: virtual(t, nil), cure: cure}
				recovers(t, b)
				require.Equal(t, want.resets, b.resets)
				require.Equal(t, want.opened, int(b.opened.Load()))
				require.Equal(t, want.cuts, b.cuts)
			})
		})
	}
}

func TestABoardThatStaysDeadIsGivenUpAndToldOf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		_, _, err := recovery.Open(t.Context(), &mute{Board: virtual(t, nil)})
		require.Less(t, time.Since(begun), 10*time.Second)
		var dead *recovery.Dead
		require.ErrorAs(t, err, &dead)
		require.True(t, recovery.Final(err))
		require.Equal(t, []string{"Ctrl-C", "a soft reset", "a reset", "opening it anew", "the command for its power"}, dead.Tried)
		require.ErrorContains(t, err, "board sim does not come to MicroPython's prompt, by Ctrl-C, a soft reset, a reset, opening it anew, the command for its power, in ")
		require.ErrorContains(t, err, "it is silent: this is not the board's port, or it has no MicroPython, or its main.py never ends and swallows Ctrl-C: try its reset button")
	})
}

// hanging is a mute board whose power command does not end by itself.
type hanging struct{ *mute }

func (hanging) PowerCycle(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestAPowerCommandThatHangsIsPartOfTheTenSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		_, _, err := recovery.Open(t.Context(), hanging{&mute{Board: virtual(t, nil)}})
		require.Less(t, time.Since(begun), 10*time.Second)
		var dead *recovery.Dead
		require.ErrorAs(t, err, &dead)
		require.Contains(t, dead.Tried, "the command for its power")
	})
}

func TestWhoIsInterruptedStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the user pressed Ctrl-C")
	go cancel(why)
	_, _, err := recovery.Open(ctx, &mute{Board: virtual(t, nil)})
	require.ErrorIs(t, err, why)
	require.False(t, recovery.Final(err))
}

// device is a pty behind which something is that is no board: it says what answer makes
// of each piece that it hears, and chatter unasked, at first and whenever it hears.
func device(t *testing.T, chatter string, answer func(heard string) string) *serial.Board {
	t.Helper()
	wire, terminal, err := pty.Open()
	require.NoError(t, err)
	link := filepath.Join(t.TempDir(), "device")
	require.NoError(t, os.Symlink(terminal.Name(), link))
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.WriteString(wire, chatter)
		p := make([]byte, 256)
		for {
			n, err := wire.Read(p)
			if err != nil {
				return
			}
			_, _ = io.WriteString(wire, chatter)
			if answer != nil {
				_, _ = io.WriteString(wire, answer(string(p[:n])))
			}
		}
	}()
	b, err := serial.New("serial:"+link, serial.Options{Locks: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, b.Close())
		require.NoError(t, errors.Join(terminal.Close(), wire.Close()))
		<-done
	})
	return b
}

func TestADeviceThatIsNoBoardIsToldOf(t *testing.T) {
	t.Parallel()
	type thing struct {
		chatter string
		answer  func(string) string
		want    string
		foreign bool // it is left in peace: nothing but Ctrl-C was tried
	}
	things := map[string]thing{
		"a GPS": {
			chatter: "$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*76\r\n", foreign: true,
			want: "it sends positions (NMEA 0183), so it is a GPS receiver: choose another port; espy boards lists them",
		},
		"a modem": {
			answer: func(heard string) string {
				if strings.Contains(heard, "AT\r") {
					return "AT\r\r\nOK\r\n"
				}
				return ""
			}, foreign: true,
			want: "it obeys AT commands, so it is a modem, or an ESP with its AT firmware",
		},
		"another computer": {
			answer: func(string) string { return "\r\nraspberrypi login: " }, foreign: true,
			want: "it asks for a login, so it is the console of another computer",
		},
		"a board without MicroPython": {
			chatter: "ets Jul 29 2019 12:21:46\r\n\r\nrst:0x10 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\ninvalid header: 0xffffffff\r\ninvalid header: 0xffffffff\r\n",
			want:    "its flash holds nothing that it could start: espy flash writes it (espy flash ESP32_GENERIC)",
		},
		"a board in its loader": {
			chatter: "rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n",
			want:    "it waits in its loader to be flashed: let go of its BOOT button (GPIO0) and press reset",
		},
		"a board with too little power": {
			chatter: "Brownout detector was triggered\r\n",
			want:    "its supply voltage breaks down: use a better cable, or a powered hub",
		},
		"other firmware": {
			chatter: "temperature: 21.5\r\n",
			want:    "it talks, but does not answer as MicroPython does",
		},
		"another baud rate": {
			chatter: strings.Repeat("\xe0\xfe\x80\x1c\x00\xf8", 40),
			want:    "it sends what is no text, as one does at another baud rate: say its baud rate (baud: in espy.yaml)",
		},
		"a main.py that never ends": {
			chatter: "MPY: soft reboot\r\nworking\r\n",
			want:    "MicroPython is on it, and its boot.py or main.py never ends and swallows Ctrl-C",
		},
	}
	var all sync.WaitGroup // at once: most of it is waiting
	var mu sync.Mutex
	said := map[string]error{}
	for name, d := range things {
		b := device(t, d.chatter, d.answer)
		all.Go(func() {
			_, _, err := recovery.Open(t.Context(), b)
			mu.Lock()
			defer mu.Unlock()
			said[name] = err
		})
	}
	all.Wait()
	for name, d := range things {
		t.Run(name, func(t *testing.T) {
			err := said[name]
			require.ErrorContains(t, err, d.want)
			require.True(t, recovery.Final(err))
			var dead *recovery.Dead
			require.ErrorAs(t, err, &dead)
			if d.foreign {
				require.Equal(t, []string{"Ctrl-C"}, dead.Tried)
			}
		})
	}
}

func TestCircuitPythonIsToldOf(t *testing.T) {
	t.Parallel()
	b := virtual(t, nil)
	u, err := b.Open(t.Context())
	require.NoError(t, err)
	defer u.Close()
	r := repl.New("sim", u, repl.Options{})
	require.NoError(t, r.Enter(t.Context()))
	require.NoError(t, recovery.Check(t.Context(), "sim", r))
	require.NoError(t, r.Exec(t.Context(), "import sys\nclass s:\n implementation = ('circuitpython', (9, 2, 0))\nsys.modules['sys'] = s", nil))
	err = recovery.Check(t.Context(), "sim", r)
	require.EqualError(t, err, "board sim runs CircuitPython, and espy's firmware is for MicroPython: espy flash writes it (espy flash ESP32_GENERIC)")
	require.True(t, recovery.Final(err))
}
