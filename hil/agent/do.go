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

// How long the host waits before it asks again. Measured on the slow side: an
// ESP8266 imports the agent from source in 1 s, and 9600 baud carry the longest
// frame in 2 s.
const (
	startWait  = 10 * time.Second
	recordWait = 4 * time.Second // doubled with each time
	answerWait = 4 * time.Second
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
	if r.Step == 0 {
		l.beginAnew(ctx, r.Client)
	}
	for try := 1; ; try++ {
		record, err := l.attempt(ctx, code, sum)
		if err == nil {
			return record, nil
		}
		l.lost = true
		if try == tries || !errors.Is(err, errUnread) {
			return nil, err
		}
	}
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
	return "from espy.agent import run\nrun(" + quote(request) + ", 0x" + sum + ")", sum, nil
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
	if err != nil {
		return nil, l.broken(phaseStart, began, err)
	}
	x := &exchange{link: l, program: p, began: began, phase: phaseStart, seq: seqRecord}
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
		x.frames = x.scan.push(heard)
		if x.scan.last() == '>' {
			x.ended, x.raised = repl.Ended(x.scan.heard())
		}
	}
	f := x.frames[0]
	x.frames = x.frames[1:]
	return f, nil
}

// within is next with a deadline of its own. again tells that it passed, or that
// something arrived damaged in the meantime: it is time to ask again.
func (x *exchange) within(ctx context.Context, limit time.Duration) (f frame, again bool, err error) {
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	damaged := x.scan.damaged
	f, err = x.next(waiting)
	if err != nil && (isTimeout(err) || x.scan.damaged > damaged) && ctx.Err() == nil && !x.ended {
		return frame{}, true, nil
	}
	return f, false, err
}

// awaitStart waits until the agent says that it acts on the request. Where that is
// lost, the record will tell as well: it is asked for.
func (x *exchange) awaitStart(ctx context.Context, sum string) error {
	for try := 1; ; try++ {
		f, again, err := x.within(ctx, startWait)
		switch {
		case again && try < tries:
			if err := x.say(ctx, x.seq+1, "record"); err != nil {
				return err
			}
			continue
		case again:
			return os.ErrDeadlineExceeded
		case errors.Is(err, errEnded) && x.scan.damaged == 0:
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
	wait := recordWait
	for asked := 0; ; {
		damaged := x.scan.damaged
		if asked == tries {
			if damaged >= tries {
				return nil, errBeyondRepair
			}
			wait = time.Hour // until ctx ends
		}
		f, again, err := x.within(ctx, wait)
		if err != nil {
			return nil, err
		}
		if again {
			asked++
			wait *= 2
			if err := x.say(ctx, seqRecord, "record"); err != nil {
				return nil, err
			}
			continue
		}
		if f.seq != seqRecord {
			continue // a nak, or the start, late
		}
		var r recordFrame
		if err := json.Unmarshal(f.payload, &r); err != nil {
			return nil, fmt.Errorf("%w: the agent's record cannot be read: %w", errBeyondRepair, err)
		}
		return &r, nil
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
			f, again, err := x.within(ctx, answerWait)
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
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	for !x.ended {
		if _, err := x.next(ctx); err != nil {
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
// are the firmware's doing; all else is the rig's.
func (x *exchange) broken(err error) error {
	e := x.link.broken(x.phase, x.began, err)
	e.Started = x.started
	e.Rig = !x.started || !isTimeout(err) && !errors.Is(err, repl.ErrRestarted)
	if heard := x.scan.heard(); e.Heard == "" {
		e.Heard = string(heard[max(0, len(heard)-240):])
	}
	return e
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
