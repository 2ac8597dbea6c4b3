package serial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
)

// Options are what may be said of a board. The zero Options suit most.
type Options struct {
	Name   string // how the user chose the board; empty: serial:…
	Baud   int    // 0 is 115200, which MicroPython's boards have
	Finder Finder // what is attached; nil: what the system lists
	Locks  string // the folder of lock files; empty: the system's, or the user's where that cannot be written to
	// NoLines says that the port's modem lines lead nowhere: the board is reset through its REPL.
	NoLines bool
	NoReset bool                        // it must not be reset at all
	Power   func(context.Context) error // takes its power and gives it back; nil: nothing does
}

// usualBaud is what MicroPython's boards have.
const usualBaud = 115200

// Board is a board on a serial port.
type Board struct {
	name   string // as the user wrote it
	device string // to open; empty: it is found by its number
	opt    Options

	mu     sync.Mutex
	number string // the USB serial number; empty: not known
	seen   bool   // it has been open: if it is gone now, it may come back
	uart   *uart  // nil: nobody has it open
	closed bool
}

var (
	_ board.Board     = (*Board)(nil)
	_ board.Networked = (*Board)(nil)
)

const (
	prefix    = "serial:"
	byNumber  = "usb="
	allBoards = "auto"
)

// New names a board, serial:PORT or serial:usb=NUMBER. Nothing is opened yet.
func New(name string, opt Options) (*Board, error) {
	what, ok := strings.CutPrefix(name, prefix)
	if !ok || what == "" || what == byNumber || what == allBoards {
		return nil, fmt.Errorf("board %q is not serial:PORT, such as serial:/dev/ttyUSB0, nor serial:usb=NUMBER", name)
	}
	if opt.Baud == 0 {
		opt.Baud = usualBaud
	}
	if opt.Finder == nil {
		opt.Finder = System()
	}
	if opt.Locks == "" {
		opt.Locks = lockFolder()
	}
	b := &Board{name: name, opt: opt}
	if opt.Name != "" {
		b.name = opt.Name
	}
	if number, ok := strings.CutPrefix(what, byNumber); ok {
		b.number = number
	} else {
		b.device = what
	}
	return b, nil
}

// Name is how the user chose the board.
func (b *Board) Name() string { return b.name }

// comeBack is how long a board that has been there may take to be there again: a
// person's hand, or a USB port that is powered up.
const comeBack = 5 * time.Second

// look is how often it is looked for.
const look = 50 * time.Millisecond

// Open opens the device. One that was open before, and is not there, is waited for.
func (b *Board) Open(ctx context.Context) (board.UART, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u, err := b.open(ctx)
	if err != nil {
		return nil, err
	}
	return u, nil
}

// open is Open; mu is held.
func (b *Board) open(ctx context.Context) (*uart, error) {
	switch {
	case b.closed:
		return nil, fmt.Errorf("board %s: %w", b.name, net.ErrClosed)
	case b.uart != nil:
		return nil, fmt.Errorf("board %s: the UART is open already", b.name)
	}
	until := time.Now().Add(comeBack)
	for {
		u, err := b.openNow()
		if err == nil {
			b.uart, b.seen = u, true
			return u, nil
		}
		if !b.seen || !errors.Is(err, board.ErrMissing) || time.Now().After(until) {
			return nil, fmt.Errorf("board %s: %w", b.name, err)
		}
		pause := time.NewTimer(look)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return nil, fmt.Errorf("board %s: %w; it was there before: plug it in again", b.name, err)
		}
	}
}

// openNow opens the device wherever it is now.
func (b *Board) openNow() (*uart, error) {
	device, err := b.find()
	if err != nil {
		return nil, err
	}
	u, err := openUART(b, device)
	if err != nil {
		return nil, err
	}
	return u, nil
}

// find is the device to open. The number decides where one is known: the name of a
// device is given to whatever is plugged in first.
func (b *Board) find() (string, error) {
	if b.number == "" {
		if _, err := os.Stat(b.device); err == nil && b.device != "" {
			b.number = numberOf(b.opt.Finder, b.device)
		}
		return b.device, nil
	}
	ports, err := b.opt.Finder.Ports()
	if err != nil {
		return "", fmt.Errorf("looking for the port with USB serial number %s: %w", b.number, err)
	}
	switch same := WithNumber(ports, b.number); {
	case len(same) == 1, slices.Contains(same, b.device):
		if slices.Contains(same, b.device) {
			return b.device, nil
		}
		return same[0], nil
	case len(same) > 1:
		return "", &ambiguous{b.number, same}
	}
	if b.device != "" && !b.seen {
		return b.device, nil
	}
	return "", missing("no port has the USB serial number "+b.number, ports)
}

// resetPatience is how long a board may be silent on its way to a reset by its REPL.
const resetPatience = 1500 * time.Millisecond

// Reset resets the board by the modem lines, or, where there are none, by its REPL.
func (b *Board) Reset(ctx context.Context) error {
	if b.opt.NoReset {
		return fmt.Errorf("board %s: %w: its hardware map says reset: none", b.name, board.ErrNoReset)
	}
	b.mu.Lock()
	u := b.uart
	if u == nil {
		var err error
		if u, err = b.open(ctx); err != nil {
			b.mu.Unlock()
			return err
		}
		defer u.Close()
	}
	b.mu.Unlock()
	if u.hasLines {
		if err := u.reset(ctx); err != nil {
			return fmt.Errorf("resetting board %s by its modem lines: %w", b.name, err)
		}
		return nil
	}
	if err := repl.Restart(ctx, b.name, u, resetPatience); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return fmt.Errorf("board %s: %w: %s has no modem lines for it, and the REPL does not answer: %w", b.name, board.ErrNoReset, u.device, err)
	}
	return nil
}

// HasPower tells whether something can take the board's power.
func (b *Board) HasPower() bool { return b.opt.Power != nil }

// PowerCycle takes the board's power, and gives it back.
func (b *Board) PowerCycle(ctx context.Context) error {
	if b.opt.Power == nil {
		return board.ErrNoReset
	}
	return b.opt.Power(ctx)
}

// Device is the file that is open, or would be opened now.
func (b *Board) Device() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.uart != nil {
		return b.uart.device
	}
	device, err := b.find()
	if err != nil {
		return b.device
	}
	return device
}

// Find is the device that the board has now, which has to be there.
func (b *Board) Find() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	device, err := b.find()
	switch {
	case err != nil:
		return "", fmt.Errorf("board %s: %w", b.name, err)
	case !Exists(device):
		ports, _ := b.opt.Finder.Ports() // what is attached is advice, no more
		return "", fmt.Errorf("board %s: %w", b.name, missing("there is no device "+device, ports))
	}
	return device, nil
}

// Close lets go of the board, which goes on.
func (b *Board) Close() error {
	b.mu.Lock()
	u := b.uart
	b.closed = true
	b.mu.Unlock()
	if u == nil {
		return nil
	}
	return u.Close()
}

// left is called by a UART that is closed.
func (b *Board) left(u *uart) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.uart == u {
		b.uart = nil
	}
}

// Listen listens on loopback, where a virtual board behind the device is. How a real
// one reaches this machine is said by who has joined it to a network.
func (b *Board) Listen(ctx context.Context, _ string) (net.Listener, string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
	return l, "127.0.0.1", err
}
