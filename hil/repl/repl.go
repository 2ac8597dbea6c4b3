package repl

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/espy-hil/espy/hil/board"
)

// What the two sides say, from shared/runtime/pyexec.c.
const (
	ctrlA = "\x01" // to the raw REPL
	ctrlB = "\x02" // to the friendly REPL
	ctrlC = "\x03" // interrupt
	ctrlD = "\x04" // end of code; with no code: soft reset

	rawBanner      = "raw REPL; CTRL-B to exit\r\n>"
	friendlyPrompt = ">>> "
	bootPrompt     = "for more information.\r\n" + friendlyPrompt // of a board that has just started
	softReboot     = "soft reboot"                                // after "MPY: ", on some old releases "PYB: "
)

// Options are what a conversation may be told about its board. The zero Options
// suit every board.
type Options struct {
	// Wait is how long the board may be silent before a step of the protocol is
	// given up, and a program's output where the context has no deadline. 0 is 10 s:
	// an ESP8266 that boots and joins a network takes 5 s until it answers.
	Wait time.Duration
	// Retry is how long to wait for the raw REPL before asking for it again: a board
	// that is just booting loses what it is sent, and so does a bad line. It doubles
	// each time, for boards that are slow. 0 is 300 ms.
	Retry time.Duration
	// Reply is how long the board may be silent where it answers at once, in the
	// middle of taking code. 0 is 2 s at first, and less when it is known how quickly
	// the board answers.
	Reply time.Duration
	// Piece and Pause pace plain raw mode, which has no flow control: at most Piece
	// bytes, then a pause. Boards that know raw paste (MicroPython 1.15 and later,
	// and every virtual board) never see them. 0 is 256 bytes, the receive buffer
	// of an ESP8266, and 10 ms; a negative Pause is none.
	Piece int
	Pause time.Duration
}

func (o Options) withDefaults() Options {
	if o.Wait == 0 {
		o.Wait = 10 * time.Second
	}
	if o.Retry == 0 {
		o.Retry = 300 * time.Millisecond
	}
	if o.Reply == 0 {
		o.Reply = 2 * time.Second
	}
	if o.Piece == 0 {
		o.Piece = 256
	}
	if o.Pause == 0 {
		o.Pause = 10 * time.Millisecond
	}
	return o
}

// REPL is a conversation with one board. It is used by one goroutine at a time.
type REPL struct {
	name   string
	opt    Options
	wire   wire
	plain  bool // the board has no raw paste
	pastes bool // it has
	learns bool // how long to wait for an answer
	reply  pace // of answers in the middle of taking code
	run    pace // of code that is insisted on
}

// New starts a conversation over u, which stays the caller's to close; nothing is
// sent yet. name is the board's, for errors.
func New(name string, u board.UART, opt Options) *REPL {
	return &REPL{name: name, opt: opt.withDefaults(), learns: opt.Reply == 0, wire: wire{uart: u}}
}

// Enter ends whatever runs and brings the board to the raw REPL. It needs no
// knowledge of where the board is: booting, at either prompt, in half-typed code,
// in a program. It ends with a round trip of its own, so that what an earlier
// conversation left on the wire is behind us.
func (r *REPL) Enter(ctx context.Context) error {
	until := time.Now().Add(r.opt.Wait)
	return r.phase("enter the raw REPL", func() error {
		for retry := r.opt.Retry; ; retry *= 2 {
			try := time.Now().Add(retry)
			last := !try.Before(until)
			if last {
				try = until
			}
			err := r.wire.during(ctx, try, r.enter)
			if err == nil || last || !isTimeout(err) || ctx.Err() != nil {
				return err
			}
		}
	})
}

// enter is one try to come to the raw REPL.
func (r *REPL) enter() error {
	r.wire.take(len(r.wire.buf))
	if err := r.wire.write([]byte(ctrlC + ctrlC + ctrlA)); err != nil {
		return err
	}
	if _, err := r.wire.readPast(rawBanner); err != nil {
		return err
	}
	return r.echo()
}

// echo has the board say a number back: the answers to all that was asked before,
// late banners included, come before it.
func (r *REPL) echo() error {
	mark := fmt.Sprintf("espy %08x", rand.Uint32())
	if err := r.wire.write([]byte("print('" + mark + "')" + ctrlD)); err != nil {
		return err
	}
	_, err := r.wire.readPast(mark + "\r\n" + ctrlD + ctrlD + ">")
	return err
}

// Interrupt sends Ctrl-C, which raises KeyboardInterrupt in a running program.
func (r *REPL) Interrupt(ctx context.Context) error {
	return r.bounded(ctx, "interrupt", func() error { return r.wire.write([]byte(ctrlC)) })
}

// SoftReset starts the interpreter anew from the raw REPL: memory is lost, files
// stay, boot.py and main.py run (the latter is interrupted). The board is in the
// raw REPL again afterwards.
func (r *REPL) SoftReset(ctx context.Context) error {
	err := r.bounded(ctx, "soft reset", func() error {
		if err := r.wire.write([]byte(ctrlD)); err != nil {
			return err
		}
		_, err := r.wire.readPast(softReboot)
		return err
	})
	if err != nil {
		return err
	}
	// What is sent before the prompt may be lost; main.py may never give one.
	err = r.wire.during(ctx, time.Now().Add(r.opt.Retry), func() error {
		_, err := r.wire.readPast(rawBanner, friendlyPrompt)
		return err
	})
	if err != nil && !isTimeout(err) {
		return r.failed("soft reset", time.Now(), err)
	}
	return r.Enter(ctx)
}

// Leave brings the board back to the friendly REPL, as a person expects to find it.
func (r *REPL) Leave(ctx context.Context) error {
	return r.bounded(ctx, "leave the raw REPL", func() error {
		if err := r.wire.write([]byte(ctrlB)); err != nil {
			return err
		}
		_, err := r.wire.readPast(friendlyPrompt)
		return err
	})
}

// bounded is a phase that takes Options.Wait at most.
func (r *REPL) bounded(ctx context.Context, name string, what func() error) error {
	return r.phase(name, func() error {
		return r.wire.during(ctx, time.Now().Add(r.opt.Wait), what)
	})
}

// phase runs what and makes an Error of its error.
func (r *REPL) phase(name string, what func() error) error {
	began := time.Now()
	if err := what(); err != nil {
		return r.failed(name, began, err)
	}
	return nil
}

func (r *REPL) failed(phase string, began time.Time, err error) error {
	return &Error{
		Board: r.name, Phase: phase, After: time.Since(began), Err: err,
		Sent: r.wire.sent, Received: r.wire.received, Heard: string(r.wire.heard),
	}
}

// Restart starts a board's interpreter anew from wherever it is, over a UART on which
// nobody else talks: what takes the place of a reset button where there is none. Each
// step may take as long as wait.
func Restart(ctx context.Context, name string, u board.UART, wait time.Duration) error {
	r := New(name, u, Options{Wait: wait})
	if err := r.Enter(ctx); err != nil {
		return err
	}
	if err := r.SoftReset(ctx); err != nil {
		return err
	}
	return r.Leave(ctx)
}
