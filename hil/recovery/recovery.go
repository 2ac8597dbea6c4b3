// Package recovery brings a board to its prompt, whatever it is doing, by the mildest
// means that does it.
//
//	Open --> Ctrl-C ------------------> prompt
//	           | 2 s without one
//	         what is it? -------------> no board: *Dead, at once
//	           |
//	         soft reset (Ctrl-D) -----> prompt
//	           | 0.8 s
//	         reset, Ctrl-C as it boots  prompt
//	           | 2.5 s
//	         open the UART anew ------> prompt
//	           | 0.9 s
//	         the user's command ------> prompt     only where there is one: see [board.PowerCycler]
//	           | 3 s, and what the others have left
//	         *Dead
//
// A boot.py or main.py that crashes, prints or never ends is ended by Ctrl-C, as often
// as it takes: one that catches KeyboardInterrupt is hit while it does so, or before it
// has begun. A board that stays dead is given up in less than 10 s: all means share them,
// and the last has its own part of them, however long the device took to be there. They
// are seconds of patience: see package patience. A computer that is busy resets no board
// for being slow itself.
package recovery

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/patience"
	"github.com/espy-hil/espy/hil/remote"
	"github.com/espy-hil/espy/hil/repl"
)

// Dead is a board that could not be brought to its prompt.
type Dead struct {
	Board string
	Tried []string      // what, in order
	After time.Duration // how long it took
	Guess Guess         // what it seems to be
	Heard string        // the last that was heard of it, unquoted
	Err   error         // of the last step
}

func (e *Dead) Error() string {
	heard := "nothing was heard of it"
	if e.Heard != "" {
		heard = fmt.Sprintf("last heard %q", tail(e.Heard))
	}
	return fmt.Sprintf("board %s does not come to MicroPython's prompt, by %s, in %s: %s: %s (%s)",
		e.Board, strings.Join(e.Tried, ", "), e.After.Round(100*time.Millisecond), e.Guess.What, e.Guess.Advice, heard)
}

func (e *Dead) Unwrap() error { return e.Err }

// tail is what of a text is worth quoting.
func tail(s string) string {
	const most = 120
	if len(s) > most {
		return "…" + s[len(s)-most:]
	}
	return s
}

// Final tells whether an error says that to try once more is of no use: the board is
// not there, somebody else's, or dead, or the error itself says so by a method Final.
func Final(err error) bool {
	var says interface{ Final() bool }
	if errors.As(err, &says) && says.Final() {
		return true
	}
	return errors.As(err, new(*Dead)) || errors.As(err, new(*Foreign)) ||
		errors.Is(err, board.ErrMissing) || errors.Is(err, board.ErrBusy) || errors.Is(err, os.ErrPermission)
}

// forInterrupt is the limit of the mildest step. An ESP8266 that boots, and joins a
// network, takes longer than that until it answers: the reset, then, ends it.
const forInterrupt = 2 * time.Second

// budget is what all means have together, and forPower what of it is for the command
// for the power alone, of a board that has one. The rest of 10 s is for closing the
// device, and for ending a command that does not end.
const (
	budget   = 9500 * time.Millisecond
	forPower = 3 * time.Second
)

// step is one means.
type step struct {
	name  string
	limit time.Duration
	do    func(*patient, context.Context) error
}

var (
	mildest = step{"Ctrl-C", forInterrupt, (*patient).interrupt}
	harder  = []step{
		{"a soft reset", 800 * time.Millisecond, (*patient).softReset},
		{"a reset", 2500 * time.Millisecond, (*patient).reset},
		{"opening it anew", 900 * time.Millisecond, (*patient).reopen},
	}
	hardest = step{"the command for its power", budget, (*patient).powerCycle}
)

// patient is a board that is being brought to its prompt.
type patient struct {
	board board.Board
	uart  board.UART // nil: not open
	repl  *repl.REPL
	began time.Time
	tried []string
	heard string
	gone  bool // the UART ended: its device or connection is no more
}

// Open opens a board's UART and brings the board to the raw REPL. Its error is of the
// board's own Open, or a *Dead.
func Open(ctx context.Context, b board.Board) (board.UART, *repl.REPL, error) {
	return open(ctx, b, harder)
}

// Gently is Open by Ctrl-C alone: what may be no board at all is not reset.
func Gently(ctx context.Context, b board.Board) (board.UART, *repl.REPL, error) {
	return open(ctx, b, nil)
}

func open(ctx context.Context, b board.Board, harder []step) (board.UART, *repl.REPL, error) {
	p := &patient{board: b, began: time.Now()}
	all, cancel := patience.Within(ctx, budget)
	defer cancel()
	mild := all
	if c, ok := board.As[board.PowerCycler](b); ok && c.HasPower() && len(harder) > 0 {
		mild, cancel = patience.Within(ctx, budget-forPower)
		defer cancel()
	}
	if err := p.open(mild); err != nil {
		return nil, nil, err
	}
	err := p.take(mild, mildest)
	if err == nil {
		return p.uart, p.repl, nil
	}
	var guess Guess
	if !turnedAway(err) {
		guess = p.guess(mild)
		if e := p.takeAll(mild, all, harder, guess); e == nil {
			return p.uart, p.repl, nil
		} else if !errors.Is(e, errNoSuchMeans) {
			err = e
		}
	}
	p.close()
	if turnedAway(err) {
		return nil, nil, err
	}
	switch ctx.Err() {
	case context.DeadlineExceeded:
		return nil, nil, err // more could have been tried
	case context.Canceled:
		return nil, nil, fmt.Errorf("bringing board %s to its prompt: %w", b.Name(), context.Cause(ctx))
	}
	if !guess.NoBoard {
		guess = recognise(p.heard)
	}
	return nil, nil, &Dead{Board: b.Name(), Tried: p.tried, After: time.Since(p.began), Guess: guess, Heard: p.heard, Err: err}
}

// takeAll takes the steps that are left, in mild, and then the hardest. What is no board
// is left in peace. The error is of the last that was taken.
func (p *patient) takeAll(mild, all context.Context, harder []step, guess Guess) error {
	err := errNoSuchMeans
	if guess.NoBoard || len(harder) == 0 {
		return err
	}
	take := func(ctx context.Context, s step) bool {
		e := p.take(ctx, s)
		if e == nil || !errors.Is(e, errNoSuchMeans) {
			err = e
		}
		return e == nil
	}
	for _, s := range harder {
		if mild.Err() != nil {
			break
		}
		if take(mild, s) {
			return nil
		}
		if turnedAway(err) { // who offers the board had been slow to say so
			return err
		}
	}
	if all.Err() == nil {
		take(all, hardest)
	}
	return err
}

func turnedAway(err error) bool { return errors.Is(err, board.ErrBusy) }

// errNoSuchMeans says that the board has no such means.
var errNoSuchMeans = errors.New("it has none")

// take takes a step, within its limit.
func (p *patient) take(ctx context.Context, s step) error {
	ctx, cancel := patience.Within(ctx, s.limit)
	defer cancel()
	err := s.do(p, ctx)
	if errors.Is(err, errNoSuchMeans) {
		return err
	}
	p.tried = append(p.tried, s.name)
	var e *repl.Error
	if errors.As(err, &e) {
		p.heard += e.Heard
		if remote.TurnedAway(p.heard) {
			return fmt.Errorf("board %s: %w", p.board.Name(), remote.ErrTurnedAway)
		}
		p.gone = p.gone || !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, repl.ErrRestarted)
	}
	return err
}

func (p *patient) open(ctx context.Context) error {
	u, err := p.board.Open(ctx)
	if err != nil {
		return err
	}
	p.uart, p.gone = u, false
	p.repl = repl.New(p.board.Name(), u, repl.Options{})
	return nil
}

func (p *patient) close() {
	if p.uart != nil {
		_ = p.uart.Close() // it is given up, or opened anew
		p.uart = nil
	}
}

// interrupt asks for the prompt in the ordinary way first, then with many Ctrl-C.
func (p *patient) interrupt(ctx context.Context) error {
	politely, cancel := patience.Within(ctx, forInterrupt/2)
	defer cancel()
	err := p.repl.Enter(politely)
	var e *repl.Error
	if errors.As(err, &e) && remote.TurnedAway(e.Heard) {
		return err
	}
	if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	return p.hammer(ctx, forInterrupt/4)
}

// hammer sends Ctrl-C again and again, at moments that are not even, then enters. It
// ends early when the board shows its prompt.
func (p *patient) hammer(ctx context.Context, d time.Duration) error {
	for {
		if err := p.repl.Hammer(ctx, d); err != nil {
			return err
		}
		quickly, cancel := patience.Within(ctx, 400*time.Millisecond)
		err := p.repl.Enter(quickly)
		cancel()
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) || ctx.Err() != nil {
			return err
		}
	}
}

// softReset leaves whatever mode the REPL may be stuck in, and starts it anew.
func (p *patient) softReset(ctx context.Context) error {
	if p.gone {
		return errNoSuchMeans
	}
	if err := p.repl.Reboot(ctx); err != nil {
		return err
	}
	return p.hammer(ctx, 100*time.Millisecond)
}

func (p *patient) reset(ctx context.Context) error {
	if p.gone {
		return errNoSuchMeans
	}
	if err := p.board.Reset(ctx); err != nil {
		if errors.Is(err, board.ErrNoReset) {
			return fmt.Errorf("%w: %w", errNoSuchMeans, err)
		}
		return err
	}
	return p.hammer(ctx, time.Second)
}

// reopen closes the UART and opens it again: a USB device may have come back under
// another number meanwhile.
func (p *patient) reopen(ctx context.Context) error {
	p.close()
	if err := p.open(ctx); err != nil {
		return err
	}
	return p.repl.Enter(ctx)
}

func (p *patient) powerCycle(ctx context.Context) error {
	c, ok := board.As[board.PowerCycler](p.board)
	if !ok || !c.HasPower() {
		return errNoSuchMeans
	}
	p.close() // a USB device goes with its power
	if err := c.PowerCycle(ctx); err != nil {
		return err
	}
	if err := p.open(ctx); err != nil {
		return err
	}
	return p.hammer(ctx, time.Second)
}
