package repl

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"time"
)

// Program is code that runs on the board.
//
// Its output is either read section by section, with Output and then Wait, or as
// it comes off the wire, with Heard, by a caller with a framing of its own that a
// stray 0x04 must not upset.
type Program struct {
	repl  *REPL
	began time.Time
	ended bool // the first section is over
}

// Output waits for something that the program prints and returns it; the bytes
// are valid until the next call. It is io.EOF at the end of the program.
func (p *Program) Output(ctx context.Context) ([]byte, error) {
	if p.ended {
		return nil, io.EOF
	}
	if err := p.await(ctx); err != nil {
		return nil, err
	}
	w := &p.repl.wire
	at := bytes.IndexByte(w.buf, ctrlD[0])
	switch {
	case at < 0:
		return w.take(len(w.buf)), nil
	case at > 0:
		return w.take(at), nil
	}
	w.take(1)
	p.ended = true
	return nil, io.EOF
}

// Heard waits for anything that the board sends, whatever it is, and returns it;
// the bytes are valid until the next call.
func (p *Program) Heard(ctx context.Context) ([]byte, error) {
	if err := p.await(ctx); err != nil {
		return nil, err
	}
	return p.repl.wire.take(len(p.repl.wire.buf)), nil
}

// Input writes b to the program's standard input. A board holds about 256 bytes
// that its program has not read yet; the rest is lost on a real one.
func (p *Program) Input(ctx context.Context, b []byte) error {
	return p.repl.bounded(ctx, "write to the program", func() error { return p.repl.wire.write(b) })
}

// Wait waits for the end of the program and of what it still prints, which is
// dropped. An exception that ended it is a *PythonError.
func (p *Program) Wait(ctx context.Context) error {
	for !p.ended {
		if _, err := p.Output(ctx); err != nil && !p.ended {
			return err
		}
	}
	var text []byte
	for {
		if err := p.await(ctx); err != nil {
			return err
		}
		w := &p.repl.wire
		if at := bytes.IndexByte(w.buf, ctrlD[0]); at >= 0 {
			text = append(text, w.take(at)...)
			w.take(1)
			break
		}
		text = append(text, w.take(len(w.buf))...)
	}
	if err := p.await(ctx); err != nil {
		return err
	}
	if b, _ := p.repl.wire.readByte(); b != '>' {
		return p.repl.failed("run a program", p.began, ErrRestarted) // SystemExit, or a reset
	}
	if len(text) > 0 {
		return parsePythonError(string(text))
	}
	return nil
}

// end is how a program ends on the wire: the end of its output, a traceback or
// nothing, the end of that, the prompt.
var end = regexp.MustCompile(`\x04([^\x04]*)\x04>$`)

// Ended tells whether what was heard of a program ends as programs end, and gives
// the exception that ended it. It is for callers of [Program.Heard].
func Ended(heard []byte) (bool, *PythonError) {
	m := end.FindSubmatch(heard)
	switch {
	case m == nil:
		return false, nil
	case len(m[1]) == 0:
		return true, nil
	}
	return true, parsePythonError(string(m[1]))
}

// await waits until there is something to take: until the deadline of ctx, or for
// Options.Wait where it has none.
func (p *Program) await(ctx context.Context) error {
	r := p.repl
	until, ok := ctx.Deadline()
	if !ok {
		until = time.Now().Add(r.opt.Wait)
	}
	for len(r.wire.buf) == 0 {
		if r.restarted() {
			return r.failed("run a program", p.began, ErrRestarted)
		}
		if err := r.wire.during(ctx, until, r.wire.fill); err != nil {
			return r.failed("run a program", p.began, err)
		}
	}
	return nil
}

// restarted tells whether the last thing heard is a prompt that no running
// program leaves behind: the board has booted.
func (r *REPL) restarted() bool {
	return bytes.HasSuffix(r.wire.heard, []byte(rawBanner)) ||
		bytes.HasSuffix(r.wire.heard, []byte(bootPrompt))
}
