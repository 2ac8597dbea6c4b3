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
	"github.com/espy-hil/espy/sim/uart"
)

// Board is the unix port as a board. It is powered from New to Close.
type Board struct {
	spec  Spec
	exe   string
	flash *flash
	uart  *uart.UART
	done  chan struct{} // closed when the board's goroutine has ended

	mu      sync.Mutex
	process *process        // the one that runs; nil between two
	resets  []chan struct{} // closed when a new process has started
	off     bool
	died    error // why the board starts no more
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
	b := &Board{spec: spec, exe: exe, flash: flash, done: make(chan struct{})}
	b.uart = uart.New(func() {}) // the pump waits for bytes itself
	ready := make(chan struct{})
	b.resets = append(b.resets, ready)
	go b.run()
	if err := b.await(ctx, ready); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Name is how the user chose the board.
func (b *Board) Name() string { return b.spec.Name }

// Open gives the UART. What the board printed before is gone.
func (b *Board) Open(context.Context) (board.UART, error) {
	if err := b.dead(); err != nil {
		return nil, err
	}
	h, err := b.uart.Open()
	if err != nil {
		return nil, fmt.Errorf("opening board %s: %w", b.spec.Name, err)
	}
	return h, nil
}

// Listen opens a listener on loopback.
func (b *Board) Listen(ctx context.Context, _ string) (net.Listener, string, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp4", "127.0.0.1:0")
	return l, "127.0.0.1", err
}

// Reset is a hard reset: the process is killed, and a new one started. Memory and
// what waits on the UART are gone, files stay.
func (b *Board) Reset(ctx context.Context) error {
	ready := make(chan struct{})
	b.mu.Lock()
	b.resets = append(b.resets, ready)
	b.kill()
	b.mu.Unlock()
	return b.await(ctx, ready)
}

// Close ends the process, waits until nothing of it is left, and removes its flash.
func (b *Board) Close() error {
	b.mu.Lock()
	b.off = true
	b.kill()
	b.mu.Unlock()
	b.uart.Close()
	<-b.done
	return b.flash.remove()
}

// kill ends the process that runs, if one does; mu is held.
func (b *Board) kill() {
	if b.process != nil {
		b.process.kill()
		b.uart.Wake()
	}
}

func (b *Board) await(ctx context.Context, ready <-chan struct{}) error {
	select {
	case <-ready:
		return nil
	case <-b.done:
		return b.dead()
	case <-ctx.Done():
		return fmt.Errorf("waiting for board %s to start: %w", b.spec.Name, context.Cause(ctx))
	}
}

// dead tells why the board is no more; nil while it lives.
func (b *Board) dead() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.died != nil:
		return fmt.Errorf("board %s: %w", b.spec.Name, b.died)
	case b.off:
		return fmt.Errorf("board %s: %w", b.spec.Name, errOff)
	}
	return nil
}

var errOff = errors.New("it is powered off")

// A process that ends by itself so soon after its start, so often in a row, will
// not do better the next time: its heap is too small for the interpreter, or its
// boot.py crashes it.
const (
	soon     = 200 * time.Millisecond
	attempts = 3
)

// run is the board's goroutine: one process after the other.
func (b *Board) run() {
	defer close(b.done)
	defer b.uart.Close()
	for failed := 0; failed < attempts; {
		begun := time.Now()
		p, err := b.start()
		if err != nil {
			b.die(err)
			return
		}
		end := b.serve(p)
		b.mu.Lock()
		b.process = nil
		off := b.off
		b.mu.Unlock()
		switch {
		case off:
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
			b.die(fmt.Errorf("its process ends as soon as it has started: %s", end))
		}
	}
}

func (b *Board) die(err error) {
	b.mu.Lock()
	b.died = err
	b.mu.Unlock()
}

// start starts a process and says so to those who wait for a reset.
func (b *Board) start() (*process, error) {
	b.uart.Discard()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.off {
		return nil, errOff
	}
	p, err := startProcess(b.exe, b.spec.Heap, b.flash.folder)
	if err != nil {
		return nil, err
	}
	b.process = p
	for _, ready := range b.resets {
		close(ready)
	}
	b.resets = nil
	return p, nil
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
