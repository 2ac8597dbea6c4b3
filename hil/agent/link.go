package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/recovery"
	"github.com/espy-hil/espy/hil/repl"
)

// Link is a conversation with the agent on one board. It is used by one goroutine
// at a time.
type Link struct {
	name  string
	uart  board.UART
	repl  *repl.REPL
	waits waits
	lost  bool // where the board stands is not known: enter the raw REPL anew
	hello Hello
	ahead ahead
	calm  int // requests since the line last spoilt something
}

// Open opens b's UART, brings the board to its raw REPL by whatever means that takes
// (see package recovery), and sees that the firmware is current (uploads it if not: an
// unchanged one costs one round trip). A board that can go back to where another one
// like it has come in this way does so. Errors are *Error, and of the rig.
func Open(ctx context.Context, b board.Board, fw deploy.Files) (*Link, error) {
	l := &Link{name: b.Name(), waits: usualWaits, calm: calmEnough}
	l.ahead.board, _ = board.As[board.Checkpointer](b)
	l.ahead.firmware = fw.Form + " " + fw.Hash
	if l.ahead.board != nil && l.resume(ctx, b) {
		return l, nil
	}
	began := time.Now()
	var err error
	if l.uart, l.repl, err = recovery.Open(ctx, b); err != nil {
		phase := phaseUART
		if errors.As(err, new(*repl.Error)) {
			phase = phaseREPL
		}
		return nil, l.broken(phase, began, err)
	}
	if err := l.begin(ctx, fw); err != nil {
		_ = l.uart.Close() // the conversation is over, and err says why
		return nil, err
	}
	return l, nil
}

// resume opens the conversation where another one has come before; false: the board
// has to be brought there.
func (l *Link) resume(ctx context.Context, b board.Board) bool {
	uart, err := b.Open(ctx)
	if err != nil {
		return false // Open will say why
	}
	hello, known := l.ahead.known(ctx, l.name)
	if !known {
		_ = uart.Close() // it is opened anew
		return false
	}
	l.uart, l.repl, l.hello = uart, repl.New(l.name, uart, repl.Options{}), hello
	return true
}

// begin sees that the board has this firmware.
func (l *Link) begin(ctx context.Context, fw deploy.Files) error {
	began := time.Now()
	err := l.greet(ctx)
	if err == nil && l.hello.Firmware.Hash == fw.Hash && l.hello.Firmware.Form == fw.Form {
		l.ahead.greeted(ctx, l.name, l.hello)
		return nil
	}
	var raised *repl.PythonError // there is no agent yet, or another one
	if err != nil && !errors.As(err, &raised) {
		return l.broken(phaseHello, began, err)
	}
	if err := recovery.Check(ctx, l.name, l.repl); err != nil {
		return l.broken(phaseHello, began, err)
	}
	if err := l.deploy(ctx, fw); err != nil {
		return l.broken(phaseUpload, began, err)
	}
	if err := l.greet(ctx); err != nil {
		return l.broken(phaseHello, began, err)
	}
	if l.hello.Firmware.Hash != fw.Hash {
		return l.broken(phaseHello, began, fmt.Errorf("firmware %s was uploaded, but the board says it has %q", fw.Hash, l.hello.Firmware.Hash))
	}
	l.ahead.greeted(ctx, l.name, l.hello)
	return nil
}

// deployments is how often the firmware is sent: what has arrived need not come again.
const deployments = 16

// deploy puts the firmware on the board. A bad line may make a restart of it, or of
// what the board says one.
func (l *Link) deploy(ctx context.Context, fw deploy.Files) error {
	for try := 1; ; try++ {
		_, err := deploy.Put(ctx, l.repl, fw)
		again := repl.Spoilt(err) || errors.Is(err, repl.ErrRestarted)
		if err == nil || !again || try == deployments || l.repl.Enter(ctx) != nil {
			return err
		}
		l.spoilt()
	}
}

// Hello is what the board said when the link was opened.
func (l *Link) Hello() Hello { return l.hello }

// Close leaves the raw REPL and closes the UART; the board stays powered.
func (l *Link) Close() error {
	if !l.lost {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = l.repl.Leave(ctx) // a courtesy to whoever comes next
	}
	return l.uart.Close()
}
