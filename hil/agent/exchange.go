package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
	"unicode/utf8"

	"github.com/espy-hil/espy/hil/repl"
)

// waits are how long a board may be silent until the host asks again.
type waits struct {
	start  time.Duration // before the announcement of the start
	record time.Duration // before the record; doubled with each time
	answer time.Duration // before the answer to a command
}

// usualWaits suit the slow side: an ESP8266 imports the agent from source in about
// a second, and collects garbage in a tenth of one. How slow the line is does not
// matter: what is silent sends nothing.
var usualWaits = waits{start: 3 * time.Second, record: 2 * time.Second, answer: time.Second}

// How often is asked for what a bad line may have spoilt. Of a thousand bytes on a line
// that hits one in a hundred, in bursts, half arrive whole.
const (
	repairs = 24 // where the board answers
	silent  = 5  // where it does not: what it does not read piles up in its small receive buffer
)

// untilEnd is longer than any request: the context ends the wait.
const untilEnd = 24 * time.Hour

// Numbers of the frames that the agent sends unasked; answers count on from there.
const (
	seqNak    = 0
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
	heard   int               // bytes
	damaged int               // frames that have been told of as errDamaged
	size    int               // of the pieces that are asked for
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
		case x.scan.damaged > x.damaged:
			x.damaged = x.scan.damaged
			x.link.spoilt()
			return frame{}, errDamaged
		}
		heard, err := x.program.Heard(ctx)
		if err != nil {
			return frame{}, err
		}
		x.heard += len(heard)
		x.frames = x.scan.push(heard)
		if x.scan.last() == '>' {
			x.ended, x.raised = repl.Ended(x.scan.heard())
		}
	}
	f := x.frames[0]
	x.frames = x.frames[1:]
	return f, nil
}

// outcome is what came of waiting for a frame.
type outcome int

const (
	came    outcome = iota
	damaged         // something arrived that was a frame: it is time to ask again
	nothing         // the board was silent
)

// turns are in how many parts the board's silence is waited for: whatever time a computer
// loses that stands still for a moment, the board has lost as well, and it counts as one.
const turns = 4

// within is next for a board that is not silent for longer than limit. In the middle of
// a frame none pauses for long: its end is lost.
func (x *exchange) within(ctx context.Context, limit time.Duration) (frame, outcome, error) {
	for silence := 0; ; silence++ {
		patience := limit
		if x.scan.amidst() {
			patience = min(limit, x.link.waits.answer)
		}
		waiting, cancel := context.WithTimeout(ctx, patience/turns)
		before := x.heard
		f, err := x.next(waiting)
		cancel()
		switch {
		case errors.Is(err, errDamaged):
			return frame{}, damaged, nil
		case err == nil || !isTimeout(err) || ctx.Err() != nil:
			return f, came, err
		case x.heard > before:
			silence = -1
		case silence+1 < turns:
		case x.scan.amidst():
			x.scan.giveUp() // which the next turn tells of
		default:
			return frame{}, nothing, nil
		}
	}
}

// awaitStart waits until the agent says that it acts on the request. Where that is
// lost, the record will tell as well: it is asked for.
func (x *exchange) awaitStart(ctx context.Context, sum string) error {
	for asked, unheard := 0, 0; ; asked++ {
		f, how, err := x.within(ctx, x.link.waits.start)
		switch {
		case x.neverRan(err):
			x.link.spoilt()
			return fmt.Errorf("%w (%w)", errUnread, err)
		case err != nil:
			return err
		case how == nothing && unheard == silent, asked == repairs:
			return os.ErrDeadlineExceeded
		case how == nothing:
			unheard++
			fallthrough
		case how == damaged:
			if err := x.say(ctx, seqRecord, "record"); err != nil {
				return err
			}
			continue
		}
		if f.seq == seqNak {
			x.link.spoilt()
			continue // what noise has made of a command: more is to come
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
			x.link.spoilt()
			return errUnread
		}
		x.started = true
		return nil
	}
}

// neverRan tells of an error before the start whether it is certain that the agent was
// not even called: the program is what arrived damaged.
func (x *exchange) neverRan(err error) bool {
	if !errors.Is(err, errEnded) || outOfMemory(err) {
		return false
	}
	return x.scan.damaged == 0 || x.raised != nil && x.raised.Type == "SyntaxError"
}

// awaitRecord waits for the record, for as long as ctx lets it, and asks for it
// when it was lost.
func (x *exchange) awaitRecord(ctx context.Context) (*recordFrame, error) {
	x.phase = phaseAsk
	wait := x.link.waits.record
	for asked, unheard := 0, 0; ; {
		f, how, err := x.within(ctx, wait)
		switch {
		case err != nil:
			return nil, err
		case how == damaged && asked == whole:
			return x.assemble(ctx)
		case how != came:
			if how == damaged {
				asked++
			} else if unheard++; unheard < silent {
				wait *= 2
			} else {
				wait = untilEnd
			}
			if err := x.say(ctx, seqRecord, "record"); err != nil {
				return nil, err
			}
		case f.seq == seqRecord:
			return readRecord(f.payload)
		} // else a nak, or the start, late
	}
}

// whole is how often the record is asked for as a whole.
const whole = 2

// assemble fetches the record in slices, each more likely to arrive than the whole.
func (x *exchange) assemble(ctx context.Context) (*recordFrame, error) {
	var text []byte
	for characters := 0; ; {
		x.size = min(x.size, largest/4) // of characters, which may take four bytes each
		piece, err := x.piece(ctx, "record", characters)
		if err != nil {
			return nil, err
		}
		if len(piece) == 0 {
			return readRecord(text)
		}
		text = append(text, piece...)
		characters += utf8.RuneCount(piece)
	}
}

func readRecord(text []byte) (*recordFrame, error) {
	var r recordFrame
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("the agent's record cannot be read: %w", err)
	}
	return &r, nil
}

var errBeyondRepair = errors.New("the line damages the frames beyond repair")

// How many bytes are asked for at a time: as many as the agent gives, or fewer where
// frames arrive damaged.
const (
	largest  = 768
	smallest = 96
)

// piece asks for a piece of a part, or of the record as text, from there on.
func (x *exchange) piece(ctx context.Context, part string, from int) ([]byte, error) {
	answer, err := x.ask(ctx, func() string { return fmt.Sprintf("part %s %d %d", part, from, x.size) })
	if err != nil {
		return nil, err
	}
	var p struct{ Data []byte }
	if err := json.Unmarshal(answer, &p); err != nil {
		return nil, fmt.Errorf("the agent answered %q when asked for %s from %d on: %w", answer, part, from, err)
	}
	x.size = min(2*x.size, largest)
	return p.Data, nil
}

// ask sends a command and returns the answer to it. Whatever was lost or damaged,
// the command or the answer, it is asked again: of each try, text makes the command, to
// which the answer to an earlier try must be as good.
func (x *exchange) ask(ctx context.Context, text func() string) ([]byte, error) {
	x.seq++
	for asked, unheard := 0, 0; asked < repairs && unheard < silent; asked++ {
		if err := x.say(ctx, x.seq, text()); err != nil {
			return nil, err
		}
		answer, how, err := x.await(ctx)
		if err != nil || how == came {
			return answer, err
		}
		if how == nothing {
			unheard++
		} else {
			x.size = max(x.size/2, smallest)
		}
	}
	return nil, fmt.Errorf("%w: %q was asked again and again", errBeyondRepair, text())
}

// await waits for the answer to the last command.
func (x *exchange) await(ctx context.Context) ([]byte, outcome, error) {
	for {
		f, how, err := x.within(ctx, x.link.waits.answer)
		switch {
		case err != nil || how != came:
			return nil, how, err
		case f.seq == seqNak:
			x.link.spoilt()
			return nil, damaged, nil
		case f.seq == x.seq:
			return f.payload, came, nil
		} // else the answer to an earlier one, late
	}
}

func (x *exchange) say(ctx context.Context, seq int, text string) error {
	return x.program.Input(ctx, command(seq, text))
}

// dismiss ends the agent, and tells whether the raw REPL is back. It tries once: who
// comes next finds the board anyway.
func (x *exchange) dismiss(ctx context.Context) bool {
	x.seq++
	if err := x.say(ctx, x.seq, "bye"); err != nil {
		return false
	}
	for !x.ended {
		if _, how, err := x.within(ctx, x.link.waits.answer); err != nil || how != came {
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
	e.Rig = !x.started || x.link.noisy() || !isTimeout(err) && !errors.Is(err, repl.ErrRestarted)
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
