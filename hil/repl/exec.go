package repl

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"
)

// ErrCode says that code holds a control character that the raw REPL acts on;
// write it as an escape.
var ErrCode = errors.New("the code holds one of the bytes 1 to 5, which the raw REPL takes for commands: write them as \\x01 … \\x05")

// Exec runs code to its end and hands what it prints to out, which may be nil. An
// exception on the board is a *PythonError. With no deadline in ctx, the program
// may be silent for Options.Wait.
func (r *REPL) Exec(ctx context.Context, code string, out io.Writer) error {
	p, err := r.Start(ctx, code)
	if err != nil {
		return err
	}
	for {
		b, err := p.Output(ctx)
		if errors.Is(err, io.EOF) {
			return p.Wait(ctx)
		}
		if err != nil {
			return err
		}
		if out == nil {
			continue
		}
		if _, err := out.Write(b); err != nil {
			return err
		}
	}
}

// Start sends code and returns when the board has taken it and runs it. The board
// must be in the raw REPL.
func (r *REPL) Start(ctx context.Context, code string) (*Program, error) {
	if strings.ContainsAny(code, "\x01\x02\x03\x04\x05") {
		return nil, ErrCode
	}
	if !r.plain {
		if err := r.phase("raw paste", func() error { return r.paste(ctx, []byte(code)) }); err != nil {
			return nil, err
		}
	}
	if r.plain {
		if err := r.phase("plain raw mode", func() error { return r.blind(ctx, []byte(code)) }); err != nil {
			return nil, err
		}
	}
	return &Program{repl: r, began: time.Now()}, nil
}

// paste sends code in raw paste mode. On a board that lacks it, r.plain is set and
// nothing has been run. Nor has it where there is an error.
func (r *REPL) paste(ctx context.Context, code []byte) error {
	window := 0
	err := r.answered(ctx, func() (err error) {
		window, err = r.beginPaste()
		return err
	})
	if err != nil || r.plain {
		return err
	}
	for credit := window; len(code) > 0; {
		if credit == 0 {
			ended := false
			err := r.answered(ctx, func() (err error) {
				ended, err = r.awaitCredit()
				return err
			})
			if err != nil {
				return err
			}
			if ended { // a syntax error, mostly: the board wants no more
				return r.answered(ctx, func() error { return r.wire.write([]byte(ctrlD)) })
			}
			credit = window
		}
		n := min(credit, len(code))
		if err := r.answered(ctx, func() error { return r.wire.write(code[:n]) }); err != nil {
			return err
		}
		credit -= n
		code = code[n:]
	}
	if err := r.answered(ctx, func() error { return r.wire.write([]byte(ctrlD)) }); err != nil {
		return err
	}
	// From here on the program may run: that nothing confirms it says nothing.
	if err := r.answered(ctx, r.endPaste); err != nil && !isTimeout(err) || ctx.Err() != nil {
		return err
	}
	return nil
}

// answered does what a board answers at once. How long that takes is learnt: on a bad
// line much is waited for that never comes.
func (r *REPL) answered(ctx context.Context, what func() error) error {
	began := time.Now()
	limit := r.opt.Reply
	if r.learns {
		limit = r.reply.limit(limit)
	}
	err := r.wire.during(ctx, began.Add(limit), what)
	r.reply.learn(time.Since(began), err)
	return err
}

// sure is how often a board has to say that it has no raw paste, one that has not shown
// that it does: a bad line may say so once.
const sure = 3

// beginPaste asks for raw paste mode; the window is what one credit is worth.
func (r *REPL) beginPaste() (window int, err error) {
	for refused := 0; refused < sure; {
		if err := r.wire.write([]byte("\x05A\x01")); err != nil {
			return 0, err
		}
		// A board that does not know the request takes it for a line that Ctrl-A resets.
		const taken, restarted = 0, 3
		answer, err := r.wire.readPast("R\x01", "R\x00", rawBanner, bootPrompt)
		switch {
		case err != nil:
			return 0, err
		case answer == restarted:
			return 0, ErrRestarted
		case answer == taken:
			r.pastes = true
			return r.window()
		case !r.pastes:
			refused++
		}
	}
	r.plain = true
	return 0, nil
}

// endPaste takes the confirmation that the board has all of the code. Where that is
// lost, what comes is the program's.
func (r *REPL) endPaste() error {
	for {
		b, err := r.wire.readByte()
		switch {
		case err != nil:
			return err
		case b == 4:
			return nil
		case b != 1:
			r.wire.putBack(b)
			return nil
		}
	}
}

// window reads how many bytes one credit is worth.
func (r *REPL) window() (int, error) {
	low, err := r.wire.readByte()
	if err != nil {
		return 0, err
	}
	high, err := r.wire.readByte()
	if err != nil {
		return 0, err
	}
	n := int(low) | int(high)<<8
	if n == 0 {
		return 0, errors.New("the board offers raw paste with a window of no bytes")
	}
	return n, nil
}

// awaitCredit waits for room for one more window. It tells whether the board has
// ended the transfer instead. Other bytes are noise.
func (r *REPL) awaitCredit() (ended bool, err error) {
	for {
		b, err := r.wire.readByte()
		switch {
		case err != nil:
			return false, err
		case b == 1:
			return false, nil
		case b == 4:
			return true, nil
		}
	}
}

// blind sends code in plain raw mode, in pieces, since nothing tells how fast the
// board takes it.
func (r *REPL) blind(ctx context.Context, code []byte) error {
	within := func(what func() error) error {
		return r.wire.during(ctx, time.Now().Add(r.opt.Wait), what)
	}
	for len(code) > 0 {
		n := min(r.opt.Piece, len(code))
		if err := within(func() error { return r.wire.write(code[:n]) }); err != nil {
			return err
		}
		code = code[n:]
		if len(code) == 0 {
			break
		}
		if err := sleep(ctx, r.opt.Pause); err != nil {
			return err
		}
	}
	return within(func() error {
		if err := r.wire.write([]byte(ctrlD)); err != nil {
			return err
		}
		_, err := r.wire.readPast("OK")
		return err
	})
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
