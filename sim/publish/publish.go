// Package publish offers a board's UART to programs that are not ours: over TCP, on
// a pty, over RFC 2217.
//
//	client --line--> Stand --UART--> board
//	client <--line-- Stand <--UART-- board
//
// A line is one client's connection, whatever it is made of; a [Stand] is one board
// with all the lines that lead to it. Whoever comes first has the board's UART until
// they leave, on whichever line; the others are told so, and turned away. What a
// client leaves behind, half a raw paste or a program that runs, is there for the
// next, as on a board whose cable was pulled.
package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/espy-hil/espy/hil/board"
)

// Stand is a board with the lines that lead to it.
type Stand struct {
	name  string
	board board.Board
	turn  chan struct{}              // holds one token: whoever takes it has the UART
	guest atomic.Pointer[netip.Addr] // from where whoever has it comes; nil: nobody has it
}

// Power makes a stand of a board. power is told what the board may reach on its
// network, and powers it. The board is the Stand's to close.
func Power(ctx context.Context, power func(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error)) (*Stand, error) {
	s := &Stand{turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	b, err := power(ctx, s.reaches)
	if err != nil {
		return nil, err
	}
	s.board, s.name = b, b.Name()
	return s, nil
}

// Name is the board's.
func (s *Stand) Name() string { return s.name }

// Close powers the board down. Lines end with the context that they were opened with.
func (s *Stand) Close() error { return s.board.Close() }

// reaches tells whether the board may connect to an address: it reaches the machine
// of whoever has its UART, where their server is, and no other. A board that anybody
// on this machine may program must not be their way to other machines, and one that
// is open to other machines not their way to what listens on loopback here.
func (s *Stand) reaches(to netip.AddrPort) bool {
	guest := s.guest.Load()
	return guest != nil && (*guest == to.Addr() || guest.IsLoopback() && to.Addr().IsLoopback())
}

// A client waits for the UART of one that may be just leaving: its end of the connection
// is closed before ours knows. It waits in turns, and not for one long moment: what stood
// still for that moment, or had little of the machine, has not seen the other leave either.
const (
	graceTurns = 10
	graceTurn  = 100 * time.Millisecond
)

// errBusy says that another client has the UART.
var errBusy = errors.New("another client has its UART; come back when it has gone")

// take gives the board's UART to a guest, who has to give it back.
func (s *Stand) take(ctx context.Context, guest netip.Addr) (board.UART, error) {
	if err := s.await(ctx); err != nil {
		return nil, err
	}
	uart, err := s.board.Open(ctx)
	if err != nil {
		s.turn <- struct{}{}
		return nil, err
	}
	s.guest.Store(&guest)
	return uart, nil
}

// await waits for the turn to have the UART.
func (s *Stand) await(ctx context.Context) error {
	passed := time.NewTicker(graceTurn)
	defer passed.Stop()
	for range graceTurns {
		select {
		case <-s.turn:
			return nil
		case <-passed.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return fmt.Errorf("board %s: %w", s.name, errBusy)
}

func (s *Stand) giveBack(uart board.UART) {
	_ = uart.Close() // it cannot fail in a way that matters to anybody now
	s.guest.Store(nil)
	s.turn <- struct{}{}
}

// join moves bytes between a line and the UART until one of them ends, or ctx does.
// The line is closed then. It is an error only if there was no UART to be had.
func (s *Stand) join(ctx context.Context, guest netip.Addr, line io.ReadWriteCloser) error {
	uart, err := s.take(ctx, guest)
	if err != nil {
		return err
	}
	defer s.giveBack(uart)
	end := func() {
		_ = line.Close() // ends pending calls; either may be closed already
		_ = uart.Close()
	}
	defer context.AfterFunc(ctx, end)()
	var down sync.WaitGroup
	down.Go(func() {
		defer end()
		download(line, uart)
	})
	upload(uart, line)
	end()
	down.Wait()
	return nil
}

// download moves what the board sends.
func download(line io.Writer, uart board.UART) {
	var buf [4096]byte
	for {
		n, err := uart.Read(buf[:])
		if err != nil {
			return
		}
		if _, err := line.Write(buf[:n]); err != nil {
			return
		}
	}
}

// stall is how long a board may take nothing of what its client sends before bytes
// are lost, as they are where a UART has no flow control. They must be: a client that
// has gone is noticed only by reading on.
const stall = 2 * time.Second

// look is how long a board may take to see an interrupt, however full its UART is: the
// machine may be busy.
const look = 10 * time.Second

// lose drops what a board has no room for, and tells how long the rest may take: what is
// lost is lost soon, until there is room again, but no interrupt is lost unseen.
func lose(rest []byte, patience time.Duration) ([]byte, time.Duration) {
	const interrupt = 3
	if rest[0] == interrupt && patience == look {
		rest = rest[1:] // it was seen, and is a byte like any other
	}
	if at := bytes.IndexByte(rest, interrupt); at >= 0 {
		return rest[at:], look
	}
	return nil, time.Millisecond
}

// upload moves what the client sends.
func upload(uart board.UART, line io.Reader) {
	var buf [1024]byte // of a slow wire's, that many are on their way when a client goes
	patience := stall
	for {
		n, err := line.Read(buf[:])
		if err != nil {
			return
		}
		for rest := buf[:n]; len(rest) > 0; {
			if uart.SetWriteDeadline(time.Now().Add(patience)) != nil {
				return
			}
			took, err := uart.Write(rest)
			rest = rest[took:]
			switch {
			case took > 0:
				patience = stall
			case errors.Is(err, os.ErrDeadlineExceeded):
				rest, patience = lose(rest, patience)
			}
			if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
				return
			}
		}
	}
}
