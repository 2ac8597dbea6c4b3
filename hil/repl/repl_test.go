package repl_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestProgramIsRunAndItsOutputReturned(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]*model{
		"raw paste":                         {window: 128},
		"raw paste, one byte at a time":     {window: 1},
		"raw paste with a window above 255": {window: 0x300},
		"plain raw mode":                    {window: 0},
		"a board that knows no Ctrl-E":      {ancient: true},
		"boot noise":                        {window: 128, banner: "\x00\xff ets Jan  8 2013,rst cause:2\r\nraw REPL;\x04\x01R\x01OK"},
		"already in the raw REPL":           {window: 128, raw: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := m.start(t, patient)
			require.NoError(t, r.Enter(t.Context()))
			for _, text := range []string{"one", strings.Repeat("long ", 1000), "three"} {
				var out bytes.Buffer
				require.NoError(t, r.Exec(t.Context(), "print('"+text+"')", &out))
				require.Equal(t, text+"\r\n", out.String())
			}
			require.NoError(t, r.Leave(t.Context()))
			require.NoError(t, r.Enter(t.Context()))
		})
	}
}

func TestEnterAsksAgainWhileTheBoardBoots(t *testing.T) {
	t.Parallel()
	m := &model{window: 128, deaf: 7}
	r := m.start(t, repl.Options{Wait: time.Minute, Retry: 20 * time.Millisecond})
	require.NoError(t, r.Enter(t.Context()))
	var out bytes.Buffer
	require.NoError(t, r.Exec(t.Context(), "print('here')", &out))
	require.Equal(t, "here\r\n", out.String(), "answers to earlier attempts must not be taken for output")
}

func TestEnterInterruptsARunningProgram(t *testing.T) {
	t.Parallel()
	started := make(chan struct{})
	m := &model{window: 128, programs: map[string]func(*model) string{
		"while True: pass": func(m *model) string {
			close(started)
			<-m.stop
			return "Traceback (most recent call last):\r\n  File \"<stdin>\", line 1, in <module>\r\nKeyboardInterrupt: \r\n"
		},
	}}
	r := m.start(t, patient)
	require.NoError(t, r.Enter(t.Context()))
	_, err := r.Start(t.Context(), "while True: pass")
	require.NoError(t, err)
	<-started
	require.NoError(t, r.Enter(t.Context()))
	require.NoError(t, r.Exec(t.Context(), "print('usable')", nil))
}

func TestPythonExceptionIsToldApartFromOutput(t *testing.T) {
	t.Parallel()
	const head = "Traceback (most recent call last):\r\n  File \"<stdin>\", line 1, in <module>\r\n  File \"x.py\", line 7, in f\r\n"
	two := 2
	for text, want := range map[string]repl.PythonError{
		"OSError: [Errno 2] ENOENT": {Type: "OSError", Message: "ENOENT", Errno: &two},
		"OSError: 2":                {Type: "OSError", Errno: &two},
		"OSError: no route":         {Type: "OSError", Message: "no route"},
		"ValueError: 2":             {Type: "ValueError", Message: "2"},
		"KeyboardInterrupt: ":       {Type: "KeyboardInterrupt"},
		"KeyError: a: b":            {Type: "KeyError", Message: "a: b"},
		"ValueError: one\r\ntwo":    {Type: "ValueError", Message: "one\ntwo"},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			m := &model{window: 128, programs: map[string]func(*model) string{
				"fail": func(m *model) string { m.say("before\r\n"); return head + text + "\r\n" },
			}}
			r := m.start(t, patient)
			require.NoError(t, r.Enter(t.Context()))
			var out bytes.Buffer
			err := r.Exec(t.Context(), "fail", &out)
			var got *repl.PythonError
			require.ErrorAs(t, err, &got)
			want.Traceback = strings.ReplaceAll(head+text, "\r\n", "\n") + "\n"
			require.Empty(t, cmp.Diff(&want, got))
			require.Equal(t, "before\r\n", out.String())
			require.NoError(t, r.Exec(t.Context(), "print('usable')", nil))
		})
	}
}

func TestBoardMayEndARawPasteEarly(t *testing.T) {
	t.Parallel()
	m := &model{window: 16}
	r := m.start(t, patient)
	require.NoError(t, r.Enter(t.Context()))
	err := r.Exec(t.Context(), "syntax error"+strings.Repeat(" and more", 100), nil)
	var e *repl.PythonError
	require.ErrorAs(t, err, &e)
	require.Equal(t, "SyntaxError", e.Type)
	require.NoError(t, r.Exec(t.Context(), "print('usable')", nil))
}

func TestProgramCanBeWrittenToWhileItRuns(t *testing.T) {
	t.Parallel()
	m := &model{window: 128, programs: map[string]func(*model) string{
		"double": func(m *model) string {
			for b := m.hear(); b != '.'; b = m.hear() {
				m.say(string([]byte{b, b}))
			}
			return ""
		},
	}}
	r := m.start(t, patient)
	require.NoError(t, r.Enter(t.Context()))
	p, err := r.Start(t.Context(), "double")
	require.NoError(t, err)
	for _, c := range []string{"a", "b"} {
		require.NoError(t, p.Input(t.Context(), []byte(c)))
		got, err := p.Output(t.Context())
		require.NoError(t, err)
		require.Equal(t, c+c, string(got))
	}
	require.NoError(t, p.Input(t.Context(), []byte(".")))
	_, err = p.Output(t.Context())
	require.ErrorIs(t, err, io.EOF)
	require.NoError(t, p.Wait(t.Context()))
}

func TestSilenceIsAnErrorThatNamesBoardPhaseBytesAndLastThingHeard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &model{window: 128, programs: map[string]func(*model) string{
			"hang": func(m *model) string { m.say("so far\r\n"); <-m.stop; return "" },
		}}
		r := m.start(t, brief)
		require.NoError(t, r.Enter(t.Context()))
		err := r.Exec(t.Context(), "hang", nil)
		var e *repl.Error
		require.ErrorAs(t, err, &e)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.Regexp(t, `^model: run a program: no answer in time after \d+m?s \(\d+ bytes sent, \d+ received, last heard ".*so far\\r\\n"\)$`, err.Error())
		require.NoError(t, r.Enter(t.Context()), "the conversation can be taken up again")
		require.NoError(t, r.Exec(t.Context(), "print('usable')", nil))
	})
}

func TestDeadBoardIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &model{deaf: 1 << 30}
		err := m.start(t, brief).Enter(t.Context())
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.ErrorContains(t, err, "model: enter the raw REPL: no answer in time")
	})
}

func TestContextEndsEveryWait(t *testing.T) {
	t.Parallel()
	cause := errors.New("the user pressed Ctrl-C")
	hang := func(m *model) string {
		<-m.running
		m.running <- false // Ctrl-C is switched off
		<-m.stop
		return ""
	}
	for name, wait := range map[string]func(context.Context, *repl.REPL) error{
		"enter": func(ctx context.Context, r *repl.REPL) error { return r.Enter(ctx) },
		"exec":  func(ctx context.Context, r *repl.REPL) error { return r.Exec(ctx, "hang", nil) },
		"leave": func(ctx context.Context, r *repl.REPL) error { return r.Leave(ctx) },
		"reset": func(ctx context.Context, r *repl.REPL) error { return r.SoftReset(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &model{window: 128, programs: map[string]func(*model) string{"hang": hang}}
			r := m.start(t, patient)
			require.NoError(t, r.Enter(t.Context()))
			if name != "exec" {
				_, err := r.Start(t.Context(), "hang") // the board is busy
				require.NoError(t, err)
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			go cancel(cause)
			require.ErrorIs(t, wait(ctx, r), cause)
			m.stop <- struct{}{}
			require.NoError(t, r.Enter(t.Context()))
		})
	}
}

func TestSoftResetComesBackToTheRawREPL(t *testing.T) {
	t.Parallel()
	r := (&model{window: 128}).start(t, patient)
	require.NoError(t, r.Enter(t.Context()))
	require.NoError(t, r.SoftReset(t.Context()))
	require.NoError(t, r.Exec(t.Context(), "print('usable')", nil))
}

func TestBoardThatStartsAnewEndsTheProgram(t *testing.T) {
	t.Parallel()
	for name, program := range map[string]func(m *model) string{
		"SystemExit": func(*model) string { return exits },
		"crash":      func(m *model) string { m.say("Guru Meditation Error\r\n" + helpText + ">>> "); <-m.stop; return "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &model{window: 128, programs: map[string]func(*model) string{"go": program}}
			r := m.start(t, patient)
			require.NoError(t, r.Enter(t.Context()))
			require.ErrorIs(t, r.Exec(t.Context(), "go", nil), repl.ErrRestarted)
			require.NoError(t, r.Enter(t.Context()))
			require.NoError(t, r.Exec(t.Context(), "print('usable')", nil))
		})
	}
}

func TestControlCharactersInCodeAreRefused(t *testing.T) {
	t.Parallel()
	r := (&model{window: 128}).start(t, patient)
	require.NoError(t, r.Enter(t.Context()))
	require.ErrorIs(t, r.Exec(t.Context(), "print('\x04')", nil), repl.ErrCode)
	require.NoError(t, r.Exec(t.Context(), "print('usable')", nil))
}

func TestClosedUARTIsAnError(t *testing.T) {
	t.Parallel()
	m := &model{window: 128, programs: map[string]func(*model) string{
		"unplug": func(m *model) string { _ = m.conn.Close(); return "" },
	}}
	r := m.start(t, patient)
	require.NoError(t, r.Enter(t.Context()))
	var e *repl.Error
	require.ErrorAs(t, r.Exec(t.Context(), "unplug", nil), &e)
	require.NotErrorIs(t, e, os.ErrDeadlineExceeded)
}

func TestEveryByteComesThroughAsALiteral(t *testing.T) {
	t.Parallel()
	for _, release := range sim.Releases() {
		spec, err := sim.Parse("sim:" + release)
		require.NoError(t, err)
		b, err := sim.New(t.Context(), spec, nil)
		require.NoError(t, err)
		defer b.Close()
		uart, err := b.Open(t.Context())
		require.NoError(t, err)
		r := repl.New("b", uart, repl.Options{Wait: time.Minute})
		require.NoError(t, r.Enter(t.Context()))
		var data []byte
		for i := range 256 {
			data = append(data, byte(i), '0', byte(i), byte(255-i), '\'', '\'', '\'', '\\', byte(i))
		}
		var out bytes.Buffer
		require.NoError(t, r.Exec(t.Context(), "from ubinascii import hexlify\nprint(str(hexlify("+repl.QuoteBytes(data)+"), 'ascii'))", &out))
		require.Equal(t, hex.EncodeToString(data), strings.TrimSpace(out.String()))
	}
}
