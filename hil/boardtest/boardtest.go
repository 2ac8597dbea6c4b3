// Package boardtest is the conformance suite of boards: what the harness, and the
// tools of other people, rely on in whatever stands behind a [board.Board].
//
//	func TestBoard(t *testing.T) {
//		boardtest.Run(t, func(t *testing.T) board.Board { return myBoard(t) })
//	}
//
// The rules are those of a board with MicroPython on it, as shared/runtime/pyexec.c
// and the ports have them, and those that package board adds. A virtual board that
// passes can stand in for a real one; a board that does not run MicroPython at all
// cannot pass.
package boardtest

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
)

// patience is how long a board may take for anything but the long output: a real
// one that has just been reset joins its network first.
const patience = 30 * time.Second

// Run puts boards of one kind through the suite. open gives a powered board and
// sees to it that it is closed when its test ends; every subtest takes one of its
// own, one after the other, since there may be only one. broken names rules that what
// is between us and the board is known to break: they are left out, and have to exist.
func Run(t *testing.T, open func(t *testing.T) board.Board, broken ...string) {
	defer func() { require.Empty(t, broken, "there are no such rules") }()
	for _, area := range []struct {
		name  string
		tests []test
	}{
		{"identity", identityTests},
		{"prompt", promptTests},
		{"program", programTests},
		{"interrupt", interruptTests},
		{"reset", resetTests},
		{"checkpoint", checkpointTests},
		{"uart", uartTests},
		{"network", networkTests},
	} {
		t.Run(area.name, func(t *testing.T) {
			for _, test := range area.tests {
				if i := slices.Index(broken, test.name); i >= 0 {
					broken = slices.Delete(broken, i, i+1)
					continue
				}
				t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
			}
		})
	}
}

// test is one rule.
type test struct {
	name string
	run  func(*testing.T, board.Board)
}

// limit is a context for what may take so long.
func limit(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// openUART opens the board's UART until the test ends.
func openUART(t *testing.T, b board.Board) board.UART {
	t.Helper()
	u, err := b.Open(limit(t, patience))
	require.NoError(t, err)
	t.Cleanup(func() { _ = u.Close() }) // some tests close it themselves
	return u
}

// enter opens the board's UART and brings it to the raw REPL.
func enter(t *testing.T, b board.Board) (*repl.REPL, context.Context) {
	t.Helper()
	ctx := limit(t, patience)
	r := repl.New(b.Name(), openUART(t, b), repl.Options{Wait: patience, Reply: patience})
	require.NoError(t, r.Enter(ctx))
	return r, ctx
}

// run is what a program prints; the test fails if it raises.
func run(ctx context.Context, t *testing.T, r *repl.REPL, code string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, r.Exec(ctx, code, &out))
	return out.String()
}

// raises is the exception that a program ends with.
func raises(ctx context.Context, t *testing.T, r *repl.REPL, code string) *repl.PythonError {
	t.Helper()
	var e *repl.PythonError
	require.ErrorAs(t, r.Exec(ctx, code, nil), &e)
	return e
}

// start starts a program and waits until it has printed what it is to print first.
func start(ctx context.Context, t *testing.T, r *repl.REPL, code, first string) *repl.Program {
	t.Helper()
	p, err := r.Start(ctx, code)
	require.NoError(t, err)
	expect(ctx, t, p, first)
	return p
}

// expect reads a program's output up to text.
func expect(ctx context.Context, t *testing.T, p *repl.Program, text string) {
	t.Helper()
	var out []byte
	for !bytes.Contains(out, []byte(text)) {
		b, err := p.Output(ctx)
		require.NoError(t, err, "waiting for %q, got %q", text, out)
		out = append(out, b...)
	}
}

// usable sees that the board runs programs.
func usable(ctx context.Context, t *testing.T, r *repl.REPL) {
	t.Helper()
	require.Equal(t, "42\r\n", run(ctx, t, r, "print(6 * 7)"))
}

// wire is a UART read byte by byte, for tests of what exactly is on it.
type wire struct {
	t    *testing.T
	uart board.UART
	got  []byte // read and not yet taken
}

// onWire opens the board's UART and waits until its friendly prompt answers.
func onWire(t *testing.T, b board.Board) *wire {
	t.Helper()
	ctx := limit(t, patience)
	u := openUART(t, b)
	r := repl.New(b.Name(), u, repl.Options{Wait: patience, Reply: patience})
	require.NoError(t, r.Enter(ctx))
	require.NoError(t, r.Leave(ctx)) // it has read everything up to the prompt
	return &wire{t: t, uart: u}
}

func (w *wire) send(text string) {
	w.t.Helper()
	require.NoError(w.t, w.uart.SetWriteDeadline(time.Now().Add(patience)))
	_, err := w.uart.Write([]byte(text))
	require.NoError(w.t, err)
}

// until takes everything up to and including text.
func (w *wire) until(text string) string {
	w.t.Helper()
	require.NoError(w.t, w.uart.SetReadDeadline(time.Now().Add(patience)))
	p := make([]byte, 1024)
	for !bytes.Contains(w.got, []byte(text)) {
		n, err := w.uart.Read(p)
		w.got = append(w.got, p[:n]...)
		require.NoError(w.t, err, "waiting for %q, got %q", text, w.got)
	}
	n := bytes.Index(w.got, []byte(text)) + len(text)
	taken := string(w.got[:n])
	w.got = w.got[n:]
	return taken
}
