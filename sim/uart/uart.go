package uart

import (
	"cmp"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Sizes of the queues, in bytes. They stand for the host's own serial buffers as well
// (4 KiB on Linux), which is why a program can print a screenful with nobody reading.
const (
	receiveLimit  = 4 << 10
	transmitLimit = 64 << 10
)

// Settings are how the wire and the board's end of it are.
type Settings struct {
	// Baud is how fast bytes move, each of which takes 10 bits, in both directions. 0
	// is as fast as they come.
	Baud int
	// Receive is the size of the receive buffer in bytes; 4096 if it is 0, behind which
	// the host waits. A chip's own loses what finds no room in it: one of 256 bytes is
	// what MicroPython has on an ESP8266 or ESP32 (ports/esp32/uart.c: 260).
	Receive int
}

// MostBaud is more than any serial port does.
const MostBaud = 10_000_000

// A UART joins one host at a time with one board.
type UART struct {
	receive, transmit queue
	in, out           pace   // in: the host's goroutine's; out: the board's
	arrived           func() // called after each piece that the host sent
	mu                sync.Mutex
	host              *Host // nil while nobody has it open
}

// New returns a UART. arrived is called, on the host's goroutine, after bytes
// have come for the board.
func New(settings Settings, arrived func()) *UART {
	u := &UART{in: newPace(settings.Baud), out: newPace(settings.Baud), arrived: arrived}
	u.receive.init(cmp.Or(settings.Receive, receiveLimit))
	u.receive.overruns = settings.Receive > 0
	u.transmit.init(transmitLimit)
	return u
}

// ErrBusy says that somebody else has the UART open.
var ErrBusy = errors.New("the UART is open already")

// Open gives the host's end. What the board printed while nobody listened is
// gone, as on a wire.
func (u *UART) Open() (*Host, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.host != nil {
		return nil, ErrBusy
	}
	u.transmit.clear()
	u.host = &Host{uart: u}
	return u.host, nil
}

// Close ends every wait on both sides for good: the board is no more.
func (u *UART) Close() { u.Fail(nil) }

// Fail is Close for a reason, which the host is told instead of io.EOF.
func (u *UART) Fail(cause error) {
	u.receive.close(cause)
	u.transmit.close(cause)
}

// listening tells whether somebody has the UART open.
func (u *UART) listening() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.host != nil
}

// Put sends bytes to the host, waiting for the wire to take them, and while the
// host's buffer is full; with nobody listening they are lost. stop ends a wait early.
func (u *UART) Put(p []byte, stop func() error) error {
	for len(p) > 0 {
		n := u.out.piece(len(p))
		if err := u.put(p[:n], stop); err != nil {
			return err
		}
		if err := u.transmit.pause(u.out.moveLater(n), stop); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

func (u *UART) put(p []byte, stop func() error) error {
	for len(p) > 0 {
		if !u.listening() {
			return nil
		}
		n, err := u.transmit.write(p, func() error {
			if !u.listening() {
				return errLost
			}
			return stop()
		})
		if err != nil {
			return lost(err)
		}
		p = p[n:]
	}
	return nil
}

// Announce sends bytes to the host without ever waiting: what does not fit is
// lost. A board that starts does not stop because nobody reads its banner.
func (u *UART) Announce(p []byte) error {
	u.out.move(len(p))
	if !u.listening() {
		return nil
	}
	_, err := u.transmit.write(p, func() error { return errLost })
	return lost(err)
}

var errLost = errors.New("bytes are lost")

func lost(err error) error {
	if errors.Is(err, errLost) {
		return nil
	}
	return err
}

// Waiting tells whether bytes wait for the board.
func (u *UART) Waiting() bool {
	u.receive.mu.Lock()
	defer u.receive.mu.Unlock()
	return len(u.receive.buf) > 0
}

// Get takes bytes that the host sent, waiting for the first. stop ends a wait early.
func (u *UART) Get(p []byte, stop func() error) (int, error) {
	return u.receive.read(p, nil, stop)
}

// GetLine is Get up to and with the first control character, so that what follows
// it stays for the program that it may start.
func (u *UART) GetLine(p []byte, stop func() error) (int, error) {
	return u.receive.read(p, func(b byte) bool { return b < ' ' }, stop)
}

// Take removes the first b among the bytes that have come for the board, whether
// there was room for it or not, as a UART's interrupt handler does with the interrupt
// character.
func (u *UART) Take(b byte) bool { return u.receive.remove(b) }

// Full tells whether there is no room for what comes now.
func (u *UART) Full() bool { return u.receive.full() }

// Wake makes waits of the board's side ask their stop function again.
func (u *UART) Wake() {
	u.receive.wake()
	u.transmit.wake()
}

// Discard forgets what waits for the board: its receive buffer is lost at a reset.
func (u *UART) Discard() { u.receive.clear() }

// Undo forgets what is under way in both directions: a board that is taken back to an
// earlier time has neither been sent the one nor printed the other.
func (u *UART) Undo() {
	u.receive.clear()
	u.transmit.clear()
}

// Host is the host's end of a UART; it has the methods of board.UART.
type Host struct {
	uart        *UART
	writing     sync.Mutex // held by the Write that is under way
	closed      atomic.Bool
	read, write deadline
}

func (h *Host) Read(p []byte) (int, error) {
	if h.closed.Load() {
		return 0, os.ErrClosed
	}
	return h.uart.transmit.read(p, nil, h.stop(&h.read))
}

func (h *Host) Write(p []byte) (int, error) {
	h.writing.Lock()
	defer h.writing.Unlock()
	u := h.uart
	stop := h.stop(&h.write)
	for done := 0; done < len(p); {
		if err := stop(); err != nil {
			return done, err
		}
		n := u.in.piece(len(p) - done)
		if err := u.receive.pause(u.in.move(n), stop); err != nil {
			return done, err
		}
		n, err := u.receive.accept(p[done:done+n], stop, u.arrived)
		done += n
		if err != nil {
			return done, err
		}
	}
	return len(p), nil
}

func (h *Host) stop(d *deadline) func() error {
	return func() error {
		if h.closed.Load() {
			return os.ErrClosed
		}
		return d.passed()
	}
}

// SetReadDeadline ends reads that are pending at t with os.ErrDeadlineExceeded.
func (h *Host) SetReadDeadline(t time.Time) error {
	h.read.set(t, &h.uart.transmit)
	return nil
}

// SetWriteDeadline ends writes that are pending at t with os.ErrDeadlineExceeded.
func (h *Host) SetWriteDeadline(t time.Time) error {
	h.write.set(t, &h.uart.receive)
	return nil
}

// Close ends pending calls with os.ErrClosed and frees the UART for the next host.
func (h *Host) Close() error {
	if h.closed.Swap(true) {
		return nil
	}
	h.read.set(time.Time{}, &h.uart.transmit)
	h.write.set(time.Time{}, &h.uart.receive)
	h.uart.mu.Lock()
	h.uart.host = nil
	h.uart.mu.Unlock()
	h.uart.Wake()
	return nil
}
