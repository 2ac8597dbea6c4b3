package sim_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
)

// hear reads until the board has said text.
func hear(t require.TestingT, u board.UART, text string) string {
	require.NoError(t, u.SetReadDeadline(time.Now().Add(time.Minute)))
	var said []byte
	for buf := make([]byte, 4096); !bytes.Contains(said, []byte(text)); {
		n, err := u.Read(buf)
		said = append(said, buf[:n]...)
		require.NoError(t, err, "heard %q", said)
	}
	return string(said)
}

func open(t *testing.T, b board.Board) board.UART {
	t.Helper()
	u, err := b.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, u.Close()) })
	return u
}

func send(t require.TestingT, u board.UART, text string) {
	_, err := io.WriteString(u, text)
	require.NoError(t, err)
}

// Causes as rom/_chip.py names them.
const causeIs = "import _chip\nprint('cause', ('POWER_ON', 'RESET_PIN', 'BY_PROGRAM', 'WATCHDOG', 'SOFT_RESET', 'PANIC')[_chip.cause()])"

func TestABoardKnowsWhyItHasStarted(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", nil)
	r := talk(t, b)
	is := func(want string) {
		t.Helper()
		require.NoError(t, r.Enter(t.Context()))
		require.Equal(t, "cause "+want, run(t, r, causeIs))
	}
	is("POWER_ON")
	require.NoError(t, b.Reset(t.Context()))
	is("RESET_PIN")
	require.Error(t, r.Exec(t.Context(), "import _chip\n_chip.reset()\nprint('goes on')", nil))
	is("BY_PROGRAM")
	require.Error(t, r.Exec(t.Context(), "raise SystemExit", nil))
	is("SOFT_RESET")
	require.Error(t, r.Exec(t.Context(), "import re\nre.match('(a*)*b', 'a' * 28)", nil))
	is("PANIC")
	require.Error(t, r.Exec(t.Context(), "import _chip\n_chip.watch(10)\nwhile True: pass", nil))
	is("WATCHDOG")
	require.NoError(t, b.CyclePower(t.Context()))
	is("POWER_ON")
	require.NoError(t, b.Reset(t.Context()))
	is("RESET_PIN")
}

func TestAResetByTheProgramForgetsMemoryAndKeepsFiles(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", nil)
	u := open(t, b)
	send(t, u, "x = 1; f = open('/f', 'w'); f.write('kept'); f.close(); import _chip; _chip.reset(); print('goes ' + 'on')\r")
	require.NotContains(t, hear(t, u, ">>> "), "goes on")
	send(t, u, "print('x' in globals(), open('/f').read())\r")
	hear(t, u, "False kept\r\n")
}

func TestAWatchdogThatIsFedLetsTheProgramGoOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := talk(t, power(t, "sim", nil))
		require.Equal(t, "done", run(t, r, "import _chip, time\n_chip.watch(2000)\nfor i in range(20):\n  time.sleep_ms(1999); _chip.feed()\nprint('done')"))
	})
}

// It bites whatever the program does: none of these reacts to an interrupt.
func TestAWatchdogEndsEveryHang(t *testing.T) {
	t.Parallel()
	for name, hang := range map[string]string{
		"a loop that keeps interrupts": "while True:\n  try:\n    while True: pass\n  except KeyboardInterrupt: pass",
		"a regular expression":         "import re\nre.match('(a|a)*b', 'a' * 60)",
		"a read":                       "import sys\nsys.stdin.read(1)",
		"a sleep":                      "import time\ntime.sleep(1000)",
		"a soft reset":                 "raise SystemExit",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := power(t, "sim", nil)
			u := open(t, b)
			send(t, u, "\x01")
			hear(t, u, "raw REPL; CTRL-B to exit\r\n>")
			send(t, u, "import _chip\n_chip.watch(30)\nprint('on')\n"+hang+"\x04")
			hear(t, u, "on\r\n")
			hear(t, u, ">>> ") // the prompt of a board that was reset
			send(t, u, "\x01")
			hear(t, u, "raw REPL; CTRL-B to exit\r\n>")
			send(t, u, causeIs+"\x04")
			hear(t, u, "cause WATCHDOG")
		})
	}
}

func TestPowerIsCutAfterAnyByteThatTheBoardSends(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", nil)
	u := open(t, b)
	const whole = "print('0123456789')\r\n0123456789\r\n"
	for n := 1; n <= len(whole); n++ {
		b.CutPower(sim.Cut{Sent: n})
		send(t, u, "print('0123456789')\r")
		said := hear(t, u, ">>> ")
		require.True(t, strings.HasPrefix(said, whole[:n]+"\r\nMicroPython v"), "cut after %d: %q", n, said)
		send(t, u, "\r")
		hear(t, u, ">>> ")
	}
}

func TestPowerIsCutAtAnyByteThatTheBoardReceives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := power(t, "sim", nil)
		defer b.Close()
		u, err := b.Open(t.Context())
		require.NoError(rt, err)
		defer u.Close()
		const program = "\x01open('/ran', 'w').close()\nprint('ran')\x04\x02"
		n := rapid.IntRange(1, len(program)).Draw(rt, "n")
		b.CutPower(sim.Cut{Received: n})
		send(rt, u, program[:n])
		ran := strings.Index(program, "\x04") + 1
		hear(rt, u, "\r\n>>> ")
		r := repl.New("b", u, repl.Options{Wait: time.Minute, Reply: time.Minute})
		require.NoError(rt, r.Enter(t.Context()))
		var out bytes.Buffer
		require.NoError(rt, r.Exec(t.Context(), causeIs+"\nimport os\nprint('ran' in os.listdir('/'))", &out))
		want := "cause POWER_ON\r\nTrue\r\n"
		if n <= ran {
			want = "cause POWER_ON\r\nFalse\r\n"
		}
		require.Equal(rt, want, out.String())
	})
}

func TestABoardThatIsHeldDoesNotStart(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", nil)
	u := open(t, b)
	b.Hold()
	soon, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, b.Reset(soon), context.DeadlineExceeded)
	send(t, u, "print('heard')\r")
	b.Release(false)
	require.NotContains(t, hear(t, u, "\r\n>>> "), "heard")
	require.NoError(t, b.Reset(t.Context()))

	b.Hold()
	require.NoError(t, b.Close()) // of one that is held
}
