// Package unix makes boards of MicroPython's unix port: a process with a heap of
// a board's size, its own flash folder, and the boards' REPL on a terminal.
//
//	host --UART--> queue --> pty --> the interpreter (build/board/board.c)
//	host <--UART-- queue <-- CR LF <-- pty <--+  |  files    its flash folder
//	                                             |  sockets  this machine's
//
// It judges what the VM of package sim cannot: whether a program fits in memory,
// with a garbage collector that works and sockets that are the system's own.
// Unlike that VM, the process is not confined: it reaches whatever the user does.
//
// A soft reset is the interpreter's own doing, in the same process. A hard reset,
// or the death of the process, is a new process on a new pty; the UART stays open
// across it. A checkpoint is a process that waits while a child of it goes on, with
// its memory; a rollback is another child. When espy ends, in whatever way, the kernel hangs up the pty, and the
// process ends with it.
//
// The interpreter is built by make unix-board.
package unix

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/sim/life"
	"github.com/espy-hil/espy/sim/ports"
	"github.com/espy-hil/espy/sim/uart"
)

// Board is the unix port as a board. It is powered from New to Close.
type Board struct {
	spec  Spec
	exe   string
	flash *flash
	uart  *uart.UART
	life  *life.Life[*process]
}

var (
	_ board.Board        = (*Board)(nil)
	_ board.Networked    = (*Board)(nil)
	_ board.Checkpointer = (*Board)(nil)
)

// New powers a board with these files on its flash. Its error is ErrMissing where
// the interpreter has not been built.
func New(ctx context.Context, spec Spec, files map[string][]byte) (*Board, error) {
	exe, err := program(spec.program)
	if err != nil {
		return nil, fmt.Errorf("board %s: %w", spec.Name, err)
	}
	flash, err := newFlash(files)
	if err != nil {
		return nil, fmt.Errorf("board %s: making a folder for its flash: %w", spec.Name, err)
	}
	b := &Board{spec: spec, exe: exe, flash: flash}
	b.uart = uart.New(spec.UART, b.arrived)
	b.life = life.New(spec.Name, func(p *process) {
		p.kill()
		b.uart.Wake()
	})
	if err := b.life.Begin(ctx, b.run); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Name is how the user chose the board.
func (b *Board) Name() string { return b.spec.Name }

// Open gives the UART. What the board printed before is gone.
func (b *Board) Open(context.Context) (board.UART, error) {
	h, err := b.life.Open(b.uart)
	if err != nil {
		return nil, err // no *uart.Host that is nil
	}
	return h, nil
}

// Listen opens a listener on loopback.
func (b *Board) Listen(ctx context.Context, _ string) (net.Listener, string, error) {
	l, err := ports.Listen(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("listening on loopback for board %s: %w", b.spec.Name, err)
	}
	return l, "127.0.0.1", nil
}

// Reset is a hard reset: the process is killed, and a new one started. Memory and
// what waits on the UART are gone, files stay.
func (b *Board) Reset(ctx context.Context) error { return b.life.Reset(ctx) }

// Close ends the process, waits until nothing of it is left, and removes its flash.
func (b *Board) Close() error {
	b.life.Off()
	return b.flash.remove()
}

// A process that ends by itself so soon after its start, so often in a row, will
// not do better the next time: its heap is too small for the interpreter, or its
// boot.py crashes it.
const (
	soon     = 200 * time.Millisecond
	attempts = 3
)

// run is the board's goroutine: one process after the other.
func (b *Board) run() {
	defer b.uart.Close()
	for failed := 0; failed < attempts; {
		begun := time.Now()
		p, err := b.start()
		if err != nil {
			b.life.Die(err)
			return
		}
		end := b.serve(p)
		switch {
		case !b.life.Ended():
			return
		case p.killed():
			failed = 0
			continue
		case time.Since(begun) > soon:
			failed = 0
		}
		failed++
		// As a chip's panic handler does. It fails only for a board that is powered off.
		_ = b.uart.Announce(fmt.Appendf(nil, "\r\nPanic: the MicroPython process ended: %s\r\nRebooting...\r\n", end))
		if failed == attempts {
			b.life.Die(fmt.Errorf("its process ends as soon as it has started: %s", end))
		}
	}
}

// start starts a process and says so to those who wait for a reset.
func (b *Board) start() (*process, error) {
	b.uart.Discard()
	p, err := startProcess(b.exe, b.spec.Heap, b.flash.folder)
	if err != nil {
		return nil, err
	}
	if err := b.life.Began(p); err != nil {
		p.kill()
		p.wait()
		p.hangUp()
		return nil, err
	}
	return p, nil
}

// arrived looks for the interrupt character in what has come and finds no room any
// more. The rest the pump takes to the pty, whose line discipline looks for it.
func (b *Board) arrived() {
	if p, running := b.life.Now(); running && b.uart.Full() {
		if char, on := p.interruptChar(); on && b.uart.Take(char) {
			p.interrupt()
		}
	}
}

// serve moves bytes between the UART and the process until that has ended, and
// tells how it did.
func (b *Board) serve(p *process) string {
	var toBoard, toHost sync.WaitGroup
	toBoard.Go(func() {
		var buf [256]byte
		for {
			n, err := b.uart.Get(buf[:], p.stopped)
			if err != nil {
				return
			}
			if _, err := p.wire.Write(buf[:n]); err != nil {
				return
			}
		}
	})
	toHost.Go(func() {
		var buf [4096]byte
		var cook cooker
		for {
			n, err := p.wire.Read(buf[:])
			said := cook.lines(p.marks.pass(buf[:n]))
			if e := b.uart.Put(said, p.unwanted); e != nil && !errors.Is(e, errDropped) || err != nil {
				return
			}
		}
	})
	end := p.wait()
	toHost.Wait() // the last that it printed
	p.hangUp()
	b.uart.Wake()
	toBoard.Wait()
	return strings.TrimSpace(end)
}

// unwanted is not nil when there is nobody to print for.
func (p *process) unwanted() error {
	if err := p.stopped(); err != nil {
		return err
	}
	return p.marks.dropping()
}
