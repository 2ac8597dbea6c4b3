package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/espy-hil/espy/hil/repl"
)

// errUnread says that a request did not arrive as it was sent. The agent has not acted on it.
var errUnread = errors.New("the request arrived damaged")

// Do has the board run one request and returns its record. It waits as long as ctx
// lets it: a request that hangs ends with the context's deadline. An error is an
// *Error: it tells whether the board had announced the start (then it is the
// firmware's doing, unless Rig is set: it hung, reset or crashed) or not.
func (l *Link) Do(ctx context.Context, r Request) (*Record, error) {
	began := time.Now()
	code, sum, err := program(r)
	if err != nil {
		return nil, l.broken(phaseStart, began, err)
	}
	l.calm++
	if r.Step == 0 {
		l.beginAnew(ctx, r.Client)
	}
	var same sameness
	for try := 1; ; try++ {
		record, err := l.attempt(ctx, code, sum)
		if err == nil {
			return record, nil
		}
		l.lost = true
		if try == repairs || !errors.Is(err, errUnread) || same.often(err) {
			return nil, err
		}
	}
}

// sameness counts how often in a row the board raised the very same thing: what noise
// has made of a program raises now this, now that, or is no Python at all.
type sameness struct {
	last  string
	count int
}

func (s *sameness) often(err error) bool {
	var raised *repl.PythonError
	if !errors.As(err, &raised) || raised.Type == "SyntaxError" {
		s.count = 0
		return false
	}
	if raised.Traceback != s.last {
		s.last, s.count = raised.Traceback, 0
	}
	s.count++
	return s.count == 3
}

// program is the Python that has the agent carry out r, and the CRC of the request.
func program(r Request) (code, sum string, err error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return "", "", fmt.Errorf("the request cannot be written as JSON: %w", err)
	}
	request := string(bytes.TrimSpace(text.Bytes()))
	sum = checksum(request)
	return "from espy.agent import run\nrun(" + repl.Quote(request) + ", 0x" + sum + ")", sum, nil
}

// attempt sends the request once. It is errUnread where the agent has seen that it
// arrived damaged.
func (l *Link) attempt(ctx context.Context, code, sum string) (*Record, error) {
	began := time.Now()
	if l.lost {
		if err := l.repl.Enter(ctx); err != nil {
			return nil, l.broken(phaseREPL, began, err)
		}
		l.lost = false
	}
	p, err := l.repl.Start(ctx, code)
	if isTimeout(err) && ctx.Err() == nil { // in the middle of the code: it has not been run
		err = fmt.Errorf("%w (%w)", errUnread, err)
		l.spoilt()
	}
	if err != nil {
		return nil, l.broken(phaseStart, began, err)
	}
	x := &exchange{link: l, program: p, began: began, phase: phaseStart, seq: seqRecord, size: largest}
	if err := x.awaitStart(ctx, sum); err != nil {
		return nil, x.broken(err)
	}
	record, err := x.awaitRecord(ctx)
	if err != nil {
		return nil, x.broken(err)
	}
	x.phase = phaseRecord
	if err := x.fetch(ctx, record); err != nil {
		return nil, x.broken(err)
	}
	l.lost = !x.dismiss(ctx)
	done, err := record.record(x.output())
	if err != nil {
		return nil, x.broken(err)
	}
	return done, nil
}
