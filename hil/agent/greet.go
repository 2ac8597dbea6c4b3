package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/espy-hil/espy/hil/repl"
)

// greet asks the agent what the board is. A *repl.PythonError says that there is
// no agent that could tell.
func (l *Link) greet(ctx context.Context) error {
	text, err := l.Ask(ctx, "from espy.hello import hello\nhello()", l.waits.start)
	if err != nil {
		return err
	}
	var h Hello
	if err := json.Unmarshal(text, &h); err != nil {
		return fmt.Errorf("the agent's hello cannot be read: %w", err)
	}
	l.hello = h
	return nil
}

// Ask runs a program that has the agent say one frame within so much time, and gives what
// that holds; once more where something was lost. It is for what is done before the runs.
// What the program raises, a *repl.PythonError, it has raised twice, since code that
// arrives damaged may raise anything once.
func (l *Link) Ask(ctx context.Context, code string, limit time.Duration) ([]byte, error) {
	var doubt *repl.PythonError
	for range repairs {
		var text []byte
		err := l.found(ctx)
		if err == nil {
			text, err = l.ask(ctx, code, limit)
		}
		var raised *repl.PythonError
		switch {
		case err == nil:
			return text, nil
		case errors.As(err, &raised):
			if doubt != nil && doubt.Traceback == raised.Traceback {
				return nil, raised
			}
			doubt = raised
		case ctx.Err() != nil, !isTimeout(err) && !errors.Is(err, errDamaged) && !errors.Is(err, errEnded) && !errors.Is(err, repl.ErrRestarted):
			return nil, err
		default:
			l.spoilt()
		}
	}
	return nil, fmt.Errorf("no answer arrived whole in %d tries", repairs)
}

// ask asks once.
func (l *Link) ask(ctx context.Context, code string, limit time.Duration) ([]byte, error) {
	l.lost = true // unless all goes well
	p, err := l.repl.Start(ctx, code)
	if err != nil {
		return nil, err
	}
	x := &exchange{link: l, program: p, began: time.Now()}
	f, how, err := x.within(ctx, limit)
	switch {
	case err != nil:
		l.lost = !x.ended
		if x.raised != nil {
			return nil, x.raised
		}
		return nil, err
	case how != came:
		return nil, errDamaged
	}
	for how == came && !x.ended && err == nil {
		_, how, err = x.within(ctx, l.waits.answer)
	}
	l.lost = !x.ended
	return f.payload, nil
}

// calmEnough is after how many requests nothing is left of the suspicion that a line is bad.
const calmEnough = 20

// spoilt notes that the line has.
func (l *Link) spoilt() { l.calm = 0 }

// noisy tells whether the line is known to be bad: then silence says nothing.
func (l *Link) noisy() bool { return l.calm < calmEnough }
