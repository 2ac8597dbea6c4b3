package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/espy-hil/espy/hil/lines"
	"github.com/espy-hil/espy/hil/patience"
	"github.com/espy-hil/espy/rfc2217"
)

// port is a UART over RFC 2217.
//
//	Write --escaped-----------------------> conn
//	Read  <--data-- pipe <--+-- receive <-- conn
//	ask   <--answers--------+
type port struct {
	board  *Board
	conn   net.Conn
	pipe   net.Conn // what Read reads
	into   net.Conn // its other end
	agreed *rfc2217.Agreement

	noLines bool // the other end does not set them

	serial  chan struct{} // closed when the other end has agreed to be a serial port
	answers chan []byte   // to what was asked of it
	done    chan struct{} // closed when nothing more comes

	mu       sync.Mutex
	dropping bool   // data are not for Read
	dropped  []byte // the first of them, for errors
}

// answerLimit is how long the other end may take to answer.
const answerLimit = 3 * time.Second

func openPort(ctx context.Context, b *Board) (line, error) {
	c, err := b.dial(ctx)
	if err != nil {
		return nil, err
	}
	can := []byte{rfc2217.Binary, rfc2217.SuppressGoAhead, rfc2217.ComPort}
	may := []byte{rfc2217.Binary, rfc2217.SuppressGoAhead, rfc2217.Echo}
	p := &port{
		board: b, conn: c, agreed: rfc2217.Agree(can, may), dropping: true,
		serial: make(chan struct{}), answers: make(chan []byte, 16), done: make(chan struct{}),
	}
	p.pipe, p.into = net.Pipe()
	offer := p.agreed.Propose()
	go p.receive()
	if err := p.begin(ctx, offer); err != nil {
		err = p.why(ctx, err)
		_ = p.hangUp() // err says why
		return nil, err
	}
	return p, nil
}

// begin has the other end be a serial port, of the rate that boards have.
func (p *port) begin(ctx context.Context, offer []byte) error {
	ctx, cancel := patience.Within(ctx, answerLimit)
	defer cancel()
	if _, err := p.conn.Write(offer); err != nil {
		return err
	}
	select {
	case <-p.serial:
	case <-p.done:
		return fmt.Errorf("%s closed the connection before it agreed to RFC 2217%s", p.board.address, p.heard())
	case <-ctx.Done():
		return fmt.Errorf("%s did not agree to RFC 2217: %w%s", p.board.address, context.Cause(ctx), p.heard())
	}
	for _, setting := range [][]byte{
		{rfc2217.SetBaudRate, 0, 1, 0xC2, 0}, // 115200
		{rfc2217.SetDataSize, 8},
		{rfc2217.SetParity, 1},
		{rfc2217.SetStopSize, 1},
		{rfc2217.SetControl, rfc2217.FlowNone},
	} {
		if err := p.ask(ctx, setting...); err != nil {
			return err
		}
	}
	// A port that was opened with its lines off lets a board with a native USB port say
	// nothing, and one whose RTS was left on alone is held in reset.
	settling, cancel := patience.Within(ctx, lineLimit)
	defer cancel()
	switch err := lines.Settle(modem{p, settling}); {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		p.noLines = true // ser2net in front of a device without any says nothing
	case err != nil:
		return err
	}
	p.drop(false)
	return nil
}

// why is the error of a line that could not be begun. Who turns us away says so and
// closes the connection, before we have asked everything or after: what fails then is
// whatever we were at.
func (p *port) why(ctx context.Context, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) {
		ctx, cancel := patience.Within(ctx, answerLimit)
		defer cancel()
		select {
		case <-p.done: // all has come that was said
		case <-ctx.Done():
		}
	}
	said := p.heard()
	p.mu.Lock()
	away := TurnedAway(string(p.dropped))
	p.mu.Unlock()
	if away {
		return fmt.Errorf("%w%s", ErrTurnedAway, said)
	}
	if said == "" || strings.Contains(err.Error(), said) {
		return err
	}
	return fmt.Errorf("%w%s", err, said)
}

// lineLimit is how long the other end may take to set its lines, if it has any.
const lineLimit = 700 * time.Millisecond

// heard quotes what came that was no answer: of who turns us away, the reason.
func (p *port) heard() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.dropped) == 0 {
		return ""
	}
	return fmt.Sprintf("; it said %q", bytes.TrimSpace(p.dropped))
}

// ask sends a command of the COM-PORT-OPTION, and waits until it is answered.
func (p *port) ask(ctx context.Context, command ...byte) error {
	if _, err := p.conn.Write(rfc2217.Subnegotiation(rfc2217.ComPort, command...)); err != nil {
		return err
	}
	for {
		select {
		case a := <-p.answers:
			if len(a) > 0 && a[0] == command[0]+rfc2217.Reply {
				return nil
			}
		case <-p.done:
			return hungUp(io.EOF)
		case <-ctx.Done():
			return fmt.Errorf("%s did not answer command %d of RFC 2217: %w", p.board.address, command[0], context.Cause(ctx))
		}
	}
}

// receive takes apart what comes, until the connection ends.
func (p *port) receive() {
	defer close(p.done)
	defer p.into.Close()
	var dec rfc2217.Decoder
	buf := make([]byte, 4096)
	for {
		n, err := p.conn.Read(buf)
		if err != nil {
			return
		}
		dec.Decode(buf[:n], p.hand, p.hear)
	}
}

// hand hands data on to Read.
func (p *port) hand(data []byte) {
	p.mu.Lock()
	if p.dropping {
		p.dropped = append(p.dropped, data[:min(len(data), 256-min(256, len(p.dropped)))]...)
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	_, _ = p.into.Write(data) // ends early where data are dropped or the UART is closed
}

func (p *port) hear(e rfc2217.Event) {
	if e.Command == rfc2217.SB {
		if e.Option == rfc2217.ComPort {
			select {
			case p.answers <- bytes.Clone(e.Value):
			default: // nobody asked for so many
			}
		}
		return
	}
	if answer := p.agreed.Hear(e); len(answer) > 0 {
		_, _ = p.conn.Write(answer) // if the line is gone, the next read tells
	}
	if p.agreed.We(rfc2217.ComPort) {
		select {
		case <-p.serial:
		default:
			close(p.serial)
		}
	}
}

// drop has data dropped, those included that wait for Read, or handed on again.
func (p *port) drop(on bool) {
	p.mu.Lock()
	p.dropping, p.dropped = on, nil
	p.mu.Unlock()
	until := time.Time{}
	if on {
		until = time.Unix(1, 0)
	}
	_ = p.into.SetWriteDeadline(until) // fails only where there is no more line
}

// modem is the lines of a port, for as long as ctx lasts.
type modem struct {
	port *port
	ctx  context.Context
}

// SetDTR sets the line.
func (m modem) SetDTR(on bool) error {
	return m.set(on, rfc2217.DTROn, rfc2217.DTROff)
}

// SetRTS sets the line.
func (m modem) SetRTS(on bool) error {
	return m.set(on, rfc2217.RTSOn, rfc2217.RTSOff)
}

func (m modem) set(on bool, yes, no byte) error {
	if on {
		return m.port.ask(m.ctx, rfc2217.SetControl, yes)
	}
	return m.port.ask(m.ctx, rfc2217.SetControl, no)
}

// reset presses the reset button, where there is one.
func (p *port) reset(ctx context.Context) error {
	if p.noLines {
		return byREPL(ctx, p.board, p)
	}
	p.drop(true)
	defer p.drop(false)
	if err := p.conn.SetWriteDeadline(time.Time{}); err != nil {
		return err
	}
	// Whatever becomes of ctx, the button must not stay pressed.
	asking, cancel := patience.Within(context.WithoutCancel(ctx), answerLimit)
	defer cancel()
	return lines.Reset(ctx, modem{p, asking})
}

func (p *port) Read(b []byte) (int, error) {
	n, err := p.pipe.Read(b)
	if errors.Is(err, io.ErrClosedPipe) {
		return n, os.ErrClosed
	}
	return n, hungUp(err)
}

func (p *port) Write(b []byte) (int, error) {
	if _, err := p.conn.Write(rfc2217.Escape(make([]byte, 0, len(b)+16), b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (p *port) SetReadDeadline(t time.Time) error { return p.pipe.SetReadDeadline(t) }

func (p *port) SetWriteDeadline(t time.Time) error { return p.conn.SetWriteDeadline(t) }

// Close ends pending calls, and the connection.
func (p *port) Close() error {
	p.board.left(p)
	return p.hangUp()
}

func (p *port) hangUp() error {
	err := errors.Join(p.conn.Close(), p.pipe.Close())
	<-p.done
	return err
}
