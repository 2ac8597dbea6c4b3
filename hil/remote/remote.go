// Package remote reaches a board over a socket: one whose UART somebody offers over
// TCP or RFC 2217, such as espy sim, ser2net, or a serial-to-Ethernet adapter.
//
//	tcp://HOST:PORT      the UART's bytes and nothing else
//	rfc2217://HOST:PORT  the same with modem lines, and so with a reset button
//
// A board that is reached so has no checkpoints: it is brought to a known state by
// its prompt, or by a reset.
package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/espy-hil/espy/hil/board"
)

// Board is a board behind a socket.
type Board struct {
	name    string // as the user wrote it
	address string
	opt     Options
	open    func(ctx context.Context, b *Board) (line, error)

	mu     sync.Mutex
	line   line // nil: nobody has the UART open
	seen   bool // it has been open: who offers it may come back
	closed bool
}

// line is an open UART that may know how to reset its board.
type line interface {
	board.UART
	reset(ctx context.Context) error
}

var (
	_ board.Board     = (*Board)(nil)
	_ board.Networked = (*Board)(nil)
)

// Options are what may be said of a board. The zero Options suit most.
type Options struct {
	Name    string                      // how the user chose the board; empty: the address
	NoLines bool                        // its modem lines lead nowhere: it is reset through its REPL
	NoReset bool                        // it must not be reset at all
	Power   func(context.Context) error // takes its power and gives it back; nil: nothing does
}

// New names a board, tcp://HOST:PORT or rfc2217://HOST:PORT. Nothing is connected yet.
func New(name string) (*Board, error) { return NewWith(name, Options{}) }

// NewWith is New, with more to say of the board.
func NewWith(name string, opt Options) (*Board, error) {
	u, err := url.Parse(name)
	if err != nil || u.Hostname() == "" || u.Port() == "" || u.Scheme+"://"+u.Host != name {
		return nil, fmt.Errorf("board %q is not tcp://HOST:PORT or rfc2217://HOST:PORT", name)
	}
	b := &Board{name: name, address: u.Host, opt: opt}
	if opt.Name != "" {
		b.name = opt.Name
	}
	switch u.Scheme {
	case "tcp":
		b.open = openTCP
	case "rfc2217":
		b.open = openPort
	default:
		return nil, fmt.Errorf("board %q: nothing is known of %s; there are tcp and rfc2217", name, u.Scheme)
	}
	return b, nil
}

// Name is how the user chose the board.
func (b *Board) Name() string { return b.name }

// Open connects. Of a second client the other end says, on the line, what it thinks.
func (b *Board) Open(ctx context.Context) (board.UART, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.connect(ctx)
}

// connect opens the line; mu is held.
func (b *Board) connect(ctx context.Context) (line, error) {
	switch {
	case b.closed:
		return nil, fmt.Errorf("board %s: %w", b.name, net.ErrClosed)
	case b.line != nil:
		return nil, fmt.Errorf("board %s: the UART is open already", b.name)
	}
	until := time.Now().Add(comeBack)
	for {
		l, err := b.open(ctx, b)
		if err == nil {
			b.line, b.seen = l, true
			return l, nil
		}
		if !b.seen || time.Now().After(until) || !pause(ctx) {
			return nil, fmt.Errorf("opening board %s: %w", b.name, err)
		}
	}
}

const (
	// comeBack is how long who offers the board may take to do so again, where it has
	// been open: a server that starts anew, or that has not yet seen our last
	// connection end.
	comeBack = 5 * time.Second
	// look is how often it is tried.
	look = 100 * time.Millisecond
	// dialLimit is how long a host may take to answer.
	dialLimit = 3 * time.Second
)

// pause waits before the next try; false: not any more.
func pause(ctx context.Context) bool {
	t := time.NewTimer(look)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// dial connects to who offers the board. That nobody does is board.ErrMissing.
func (b *Board) dial(ctx context.Context) (net.Conn, error) {
	c, err := (&net.Dialer{Timeout: dialLimit}).DialContext(ctx, "tcp", b.address)
	if err != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("%w: %w; see that the program that offers it runs, and that the address is right", board.ErrMissing, err)
	}
	return c, err
}

// left is called by a line that is closed.
func (b *Board) left(l line) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.line == l {
		b.line = nil
	}
}

// Reset resets the board by what the line has for that: see [board.ErrNoReset].
func (b *Board) Reset(ctx context.Context) error {
	if b.opt.NoReset {
		return fmt.Errorf("board %s: %w: its hardware map says reset: none", b.name, board.ErrNoReset)
	}
	b.mu.Lock()
	l := b.line
	if l != nil {
		b.mu.Unlock()
	} else {
		var err error
		l, err = b.connect(ctx)
		b.mu.Unlock()
		if err != nil {
			return err
		}
		defer l.Close()
	}
	reset := l.reset
	if b.opt.NoLines {
		reset = func(ctx context.Context) error { return byREPL(ctx, b, l) }
	}
	if err := reset(ctx); err != nil {
		return fmt.Errorf("resetting board %s: %w", b.name, err)
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

// Close lets go of the board, which goes on.
func (b *Board) Close() error {
	b.mu.Lock()
	l := b.line
	b.closed = true
	b.mu.Unlock()
	if l == nil {
		return nil
	}
	return l.Close()
}

// Listen listens on the address under which the board's host sees this machine, so
// that a virtual board there can reach it, and a real one on the same network as its
// host: loopback for a host that is this machine.
func (b *Board) Listen(ctx context.Context, _ string) (net.Listener, string, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "udp", b.address) // sends nothing
	if err != nil {
		return nil, "", fmt.Errorf("finding this machine's address towards board %s: %w", b.name, err)
	}
	host, _, err := net.SplitHostPort(c.LocalAddr().String())
	if err = errors.Join(err, c.Close()); err != nil {
		return nil, "", err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, "", fmt.Errorf("listening for board %s: %w", b.name, err)
	}
	return l, host, nil
}
