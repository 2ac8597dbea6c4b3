package serial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	bugst "go.bug.st/serial"

	"github.com/espy-hil/espy/hil/lines"
)

// uart is an open device.
type uart struct {
	board    *Board
	device   string
	port     bugst.Port
	lock     *lock
	hasLines bool

	read, feed  net.Conn // what Read reads, and its other end
	write, take net.Conn // what Write writes, and its other end
	closing     chan struct{}
	dropping    atomic.Bool // what comes is not for Read
	kept        atomic.Bool // the device keeps us: a write to it, or closing it, is under way
	lost        error       // why the device gives no more; written before feed is closed
	ended       sync.WaitGroup
	once        sync.Once
	err         error // of Close
	closed      error // of closing the device; written before lock.released is closed
}

// glance is how long a read of the device lasts when nothing comes. The library's Close
// would end it at once, but closes the file under a read that may still begin.
const glance = 20 * time.Millisecond

// openUART opens a device, for us alone.
func openUART(b *Board, device string) (u *uart, err error) {
	l, err := takeLock(b.opt.Locks, device)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			l.release()
		}
	}()
	port, hasLines, err := openPort(device, b.opt.Baud)
	if err != nil {
		return nil, explain(err, device, b.opt)
	}
	if err := port.SetReadTimeout(glance); err != nil {
		return nil, errors.Join(fmt.Errorf("setting a time limit on reads of %s: %w", device, err), port.Close())
	}
	u = &uart{board: b, device: device, port: port, lock: l, hasLines: hasLines && !b.opt.NoLines, closing: make(chan struct{})}
	u.read, u.feed = net.Pipe()
	u.write, u.take = net.Pipe()
	chunks := make(chan []byte, 1024)
	u.ended.Go(func() { u.reader(chunks) })
	u.ended.Go(func() { u.feeder(chunks) })
	go u.writer()
	return u, nil
}

// openPort opens a device with its lines at rest, and tells whether it has any: a pty
// has none.
func openPort(device string, baud int) (bugst.Port, bool, error) {
	mode := bugst.Mode{BaudRate: baud, InitialStatusBits: &bugst.ModemOutputBits{DTR: true, RTS: true}}
	if !isPty(device) {
		port, err := bugst.Open(device, &mode)
		var e *bugst.PortError
		if err == nil || !errors.As(err, &e) || e.Code() != bugst.InvalidSerialPort {
			return port, err == nil, err
		}
	}
	mode.InitialStatusBits = nil
	port, err := bugst.Open(device, &mode)
	return port, false, err
}

func isPty(device string) bool {
	real, err := filepath.EvalSymlinks(device)
	return err == nil && strings.HasPrefix(real, "/dev/pts/")
}

// reader takes what the device sends, until it is gone or we close it.
func (u *uart) reader(chunks chan<- []byte) {
	defer close(chunks)
	buf := make([]byte, 4096)
	for !u.isClosing() {
		n, err := u.port.Read(buf)
		if n > 0 {
			select {
			case chunks <- append([]byte(nil), buf[:n]...):
			case <-u.closing:
			}
		}
		if err != nil {
			u.lost = fmt.Errorf("%s hung up, as a device that is unplugged does (%w): %w", u.device, err, io.ErrUnexpectedEOF)
			return
		}
	}
}

// feeder hands it to Read. What the device sends while nobody reads is kept in chunks:
// the system keeps 4 KB.
func (u *uart) feeder(chunks <-chan []byte) {
	defer u.feed.Close()
	for chunk := range chunks {
		if !u.dropping.Load() {
			_, _ = u.feed.Write(chunk) // fails where it is to be dropped, or there is no reader any more
		}
	}
}

// writer writes to the device. It may be stuck in that when the UART is closed: then the
// device is closed when the write has ended.
func (u *uart) writer() {
	defer u.shut()
	buf := make([]byte, 4096)
	for {
		n, err := u.take.Read(buf)
		if err != nil {
			return
		}
		for sent := 0; sent < n; {
			u.kept.Store(true)
			k, err := u.port.Write(buf[sent:n])
			u.kept.Store(false)
			if sent += k; err != nil {
				_ = u.take.Close() // the next Write tells; why is known to the reader
				return
			}
		}
	}
}

// shut closes the device when nobody uses it any more.
func (u *uart) shut() {
	<-u.closing
	u.ended.Wait()
	u.kept.Store(true)
	u.closed = u.port.Close()
	u.lock.release()
	close(u.lock.released)
}

func (u *uart) isClosing() bool {
	select {
	case <-u.closing:
		return true
	default:
		return false
	}
}

func (u *uart) Read(p []byte) (int, error) {
	n, err := u.read.Read(p)
	switch {
	case errors.Is(err, io.ErrClosedPipe), err == io.EOF && u.isClosing():
		return n, os.ErrClosed
	case err == io.EOF:
		return n, u.lost
	}
	return n, err
}

func (u *uart) Write(p []byte) (int, error) {
	n, err := u.write.Write(p)
	if errors.Is(err, io.ErrClosedPipe) {
		if u.isClosing() {
			return n, os.ErrClosed
		}
		return n, fmt.Errorf("%s takes no more, as a device that is unplugged: %w", u.device, io.ErrUnexpectedEOF)
	}
	return n, err
}

func (u *uart) SetReadDeadline(t time.Time) error  { return u.read.SetReadDeadline(t) }
func (u *uart) SetWriteDeadline(t time.Time) error { return u.write.SetWriteDeadline(t) }

// A device may keep Close waiting for some turns. What only this computer is slow to do,
// it does: that is waited for.
const (
	stuckTurns = 20
	stuckTurn  = 50 * time.Millisecond
)

// Close ends pending calls and closes the device, unless a write to that is stuck.
func (u *uart) Close() error {
	u.once.Do(func() {
		close(u.closing)
		_ = errors.Join(u.read.Close(), u.feed.Close(), u.write.Close()) // pipes: they do not fail
		if u.letsGo() {
			u.err = gone(u.closed)
		} else {
			_ = u.port.ResetOutputBuffer() // where the system lets it, this ends the write
			u.err = fmt.Errorf("closing %s: it takes nothing of what was written to it; it is closed when it does, or is unplugged", u.device)
		}
		u.board.left(u)
	})
	return u.err
}

// letsGo waits until the device is closed, and tells whether it is.
func (u *uart) letsGo() bool {
	turn := time.NewTicker(stuckTurn)
	defer turn.Stop()
	for kept := 0; kept < stuckTurns; {
		select {
		case <-u.lock.released:
			return true
		case <-turn.C:
			if u.kept.Load() {
				kept++
			}
		}
	}
	return false
}

// gone is nil for the error of closing a device that is there no more.
func gone(err error) error {
	var e *bugst.PortError
	if errors.As(err, &e) && e.Code() == bugst.PortClosed {
		return nil
	}
	return err
}

// reset presses the reset button. What the board had sent before it is dropped.
func (u *uart) reset(ctx context.Context) error {
	u.dropping.Store(true)
	_ = u.feed.SetWriteDeadline(time.Unix(1, 0)) // what waits for Read is dropped as well
	defer func() {
		_ = u.port.ResetInputBuffer() // best effort: the boot's own noise is got over anyway
		_ = u.feed.SetWriteDeadline(time.Time{})
		u.dropping.Store(false)
	}()
	return lines.Reset(ctx, u.port)
}
