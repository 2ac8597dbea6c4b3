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
// no agent that could tell: it was raised twice, since code that arrives damaged may
// raise anything once.
func (l *Link) greet(ctx context.Context) error {
	var doubt *repl.PythonError
	for range repairs {
		err := l.found(ctx)
		if err == nil {
			err = l.askHello(ctx)
		}
		var raised *repl.PythonError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &raised):
			if doubt != nil && doubt.Traceback == raised.Traceback {
				return raised
			}
			doubt = raised
		case ctx.Err() != nil, !isTimeout(err) && !errors.Is(err, errDamaged) && !errors.Is(err, errEnded) && !errors.Is(err, repl.ErrRestarted):
			return err
		default:
			l.spoilt()
		}
	}
	return fmt.Errorf("no hello arrived whole in %d tries", repairs)
}

// askHello asks once.
func (l *Link) askHello(ctx context.Context) error {
	l.lost = true // unless all goes well
	p, err := l.repl.Start(ctx, "from espy.hello import hello\nhello()")
	if err != nil {
		return err
	}
	x := &exchange{link: l, program: p, began: time.Now()}
	f, how, err := x.within(ctx, l.waits.start)
	switch {
	case err != nil:
		l.lost = !x.ended
		if x.raised != nil {
			return x.raised
		}
		return err
	case how != came:
		return errDamaged
	}
	var h Hello
	if err := json.Unmarshal(f.payload, &h); err != nil {
		return fmt.Errorf("the agent's hello cannot be read: %w", err)
	}
	l.hello = h
	for how == came && !x.ended && err == nil {
		_, how, err = x.within(ctx, l.waits.answer)
	}
	l.lost = !x.ended
	return nil
}

// calmEnough is after how many requests nothing is left of the suspicion that a line is bad.
const calmEnough = 20

// spoilt notes that the line has.
func (l *Link) spoilt() { l.calm = 0 }

// noisy tells whether the line is known to be bad: then silence says nothing.
func (l *Link) noisy() bool { return l.calm < calmEnough }
