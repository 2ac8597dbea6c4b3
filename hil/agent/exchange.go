package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/espy-hil/espy/hil/repl"
)

// waits are how long the host waits before it asks again.
type waits struct {
	start  time.Duration // for the announcement of the start
	record time.Duration // for the record, in silence; doubled with each time
	answer time.Duration // for the answer to a command
}

// usualWaits suit the slow side: an ESP8266 imports the agent from source in about
// a second, and 9600 baud carry the longest frame in two.
var usualWaits = waits{start: 10 * time.Second, record: 4 * time.Second, answer: 4 * time.Second}

// untilEnd is longer than any request: the context ends the wait.
const untilEnd = 24 * time.Hour

// Numbers of the frames that the agent sends unasked; answers count on from there.
const (
	seqStart  = 1
	seqRecord = 2
)

// exchange is one request under way.
type exchange struct {
	link    *Link
	program *repl.Program
	began   time.Time
	phase   string
	started bool
	scan    scanner
	frames  []frame           // arrived and not yet looked at
	seq     int               // of the last command
	ended   bool              // the program is over,
	raised  *repl.PythonError // and died of this
}

// errDamaged says that something arrived that has been a frame.
var errDamaged = errors.New("a frame arrived damaged")

// errEnded says that the agent is not running any more.
var errEnded = errors.New("the agent ended before it had said everything")

// next waits for a frame, until the deadline of ctx.
func (x *exchange) next(ctx context.Context) (frame, error) {
	for len(x.frames) == 0 {
		switch {
		case x.ended && x.raised != nil:
			return frame{}, fmt.Errorf("%w: %w\n%s", errEnded, x.raised, x.raised.Traceback)
		case x.ended:
			return frame{}, errEnded
		}
		heard, err := x.program.Heard(ctx)
		if err != nil {
			return frame{}, err
		}
		damaged := x.scan.damaged
		x.frames = x.scan.push(heard)
		if x.scan.last() == '>' {
			x.ended, x.raised = repl.Ended(x.scan.heard())
		}
		if len(x.frames) == 0 && !x.ended && x.scan.damaged > damaged {
			return frame{}, errDamaged
		}
	}
	f := x.frames[0]
	x.frames = x.frames[1:]
	return f, nil
}

// within is next with a deadline of its own. again tells that it passed, or that
// something arrived damaged: it is time to ask again.
func (x *exchange) within(ctx context.Context, limit time.Duration) (f frame, again bool, err error) {
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	f, err = x.next(waiting)
	if errors.Is(err, errDamaged) || isTimeout(err) && ctx.Err() == nil {
		return frame{}, true, nil
	}
	return f, false, err
}

// awaitStart waits until the agent says that it acts on the request. Where that is
// lost, the record will tell as well: it is asked for.
func (x *exchange) awaitStart(ctx context.Context, sum string) error {
	for try := 1; ; try++ {
		f, again, err := x.within(ctx, x.link.waits.start)
		switch {
		case again && try < tries:
			if err := x.say(ctx, seqRecord, "record"); err != nil {
				return err
			}
			continue
		case again:
			return os.ErrDeadlineExceeded
		case errors.Is(err, errEnded) && x.scan.damaged == 0 && !outOfMemory(err):
			// The program never came to run: it is what arrived damaged.
			return fmt.Errorf("%w (%w)", errUnread, err)
		case err != nil:
			return err
		}
		if f.seq != seqStart {
			x.frames = append([]frame{f}, x.frames...) // the record itself
			x.started = true
			return nil
		}
		var start struct{ Frame, CRC string }
		if err := json.Unmarshal(f.payload, &start); err != nil {
			return fmt.Errorf("the agent's start frame cannot be read: %w", err)
		}
		if start.Frame != "start" || start.CRC != sum {
			return errUnread
		}
		x.started = true
		return nil
	}
}

// awaitRecord waits for the record, for as long as ctx lets it, and asks for it
// when it was lost. A few times, because what an agent does not read while a
// request is under way piles up in its board's small receive buffer.
func (x *exchange) awaitRecord(ctx context.Context) (*recordFrame, error) {
	x.phase = phaseAsk
	wait := x.link.waits.record
	for asked := 0; ; {
		f, again, err := x.within(ctx, wait)
		switch {
		case err != nil:
			return nil, err
		case again && asked < tries:
			if asked++; asked < tries {
				wait *= 2
			} else {
				wait = untilEnd
			}
			if err := x.say(ctx, seqRecord, "record"); err != nil {
				return nil, err
			}
		case again:
			return nil, errBeyondRepair
		case f.seq == seqRecord:
			var r recordFrame
			if err := json.Unmarshal(f.payload, &r); err != nil {
				return nil, fmt.Errorf("the agent's record cannot be read: %w", err)
			}
			return &r, nil
		} // else a nak, or the start, late
	}
}

var errBeyondRepair = errors.New("the line damages the frames beyond repair")

// ask sends a command and returns the answer to it. Whatever was lost or damaged,
// the command or the answer, it is asked again.
func (x *exchange) ask(ctx context.Context, text string) ([]byte, error) {
	x.seq++
	for range tries {
		if err := x.say(ctx, x.seq, text); err != nil {
			return nil, err
		}
		for {
			f, again, err := x.within(ctx, x.link.waits.answer)
			if err != nil {
				return nil, err
			}
			if again || f.seq == 0 { // nak
				break
			}
			if f.seq == x.seq {
				return f.payload, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: %q was asked %d times", errBeyondRepair, text, tries)
}

func (x *exchange) say(ctx context.Context, seq int, text string) error {
	return x.program.Input(ctx, command(seq, text))
}

// dismiss ends the agent, and tells whether the raw REPL is back.
func (x *exchange) dismiss(ctx context.Context) bool {
	if _, err := x.ask(ctx, "bye"); err != nil && !errors.Is(err, errEnded) {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, x.link.waits.answer)
	defer cancel()
	for !x.ended {
		if _, err := x.next(ctx); err != nil && !errors.Is(err, errDamaged) {
			break
		}
	}
	return x.ended
}

// output is what the board printed beside the frames and the REPL's own bytes.
func (x *exchange) output() string {
	log := bytes.TrimSuffix(x.scan.heard(), []byte("\x04\x04>"))
	return string(bytes.ReplaceAll(log, []byte("\r\n"), []byte("\n")))
}

// broken makes an Error of err. Once started, silence and a board that starts anew
// are the firmware's doing, unless the line is known to be bad; all else is the rig's.
func (x *exchange) broken(err error) error {
	e := x.link.broken(x.phase, x.began, err)
	e.Started = x.started
	e.Rig = !x.started || x.scan.damaged > 0 || !isTimeout(err) && !errors.Is(err, repl.ErrRestarted)
	heard := x.scan.heard()
	if e.Heard == "" {
		e.Heard = string(heard[max(0, len(heard)-240):])
	}
	e.Log = x.output()
	return e
}

// outOfMemory tells whether the board raised a MemoryError.
func outOfMemory(err error) bool {
	var raised *repl.PythonError
	return errors.As(err, &raised) && raised.Type == "MemoryError"
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
