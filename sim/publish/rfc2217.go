package publish

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/rfc2217"
)

// RFC2217 offers the board on a listener as a serial port with its modem lines, until
// ctx ends. DTR and RTS are wired as on the boards with an auto-reset circuit: see circuit.
func (s *Stand) RFC2217(ctx context.Context, l net.Listener) error {
	return s.listen(ctx, l, func(c net.Conn) io.ReadWriteCloser { return newModem(ctx, c, s.board) })
}

// modem is the line of a client that speaks RFC 2217: data pass, commands are carried
// out on the way.
type modem struct {
	net.Conn
	board   board.Board
	circuit *circuit
	agreed  *rfc2217.Agreement
	begun   bool // we have made our proposals
	told    bool // the client knows how the lines stand
	dec     rfc2217.Decoder
	left    []byte // data that was decoded and not yet read

	settings
	dtr, rts, broken bool // broken: a break is on

	// wire is held while something is written, so that no data come behind the answer
	// to what stops them, however late the machine is to send them.
	wire      sync.Mutex
	resumed   sync.Cond   // of wire
	suspended atomic.Bool // the client wants no data for now
	closed    atomic.Bool
}

// settings are those of the port. They are the client's to set, and change nothing: a
// virtual board understands every baud rate.
type settings struct {
	baud                uint32
	data, parity, stop  byte
	flow                byte
	lineMask, modemMask byte
}

// modemState says that the other end is there and ready: CD, DSR and CTS.
const modemState = 0x80 | 0x20 | 0x10

func newModem(ctx context.Context, c net.Conn, b board.Board) *modem {
	can := []byte{rfc2217.Binary, rfc2217.Echo, rfc2217.SuppressGoAhead, rfc2217.ComPort}
	may := []byte{rfc2217.Binary, rfc2217.SuppressGoAhead, rfc2217.ComPort}
	m := &modem{
		Conn: c, board: b, circuit: newCircuit(ctx, b), agreed: rfc2217.Agree(can, may),
		settings: settings{baud: 115200, data: 8, parity: 1, stop: 1, flow: rfc2217.FlowNone, modemMask: 0xFF},
	}
	m.resumed.L = &m.wire
	return m
}

// Close ends pending calls. The lines of a port that nobody has open are off.
func (m *modem) Close() error {
	m.circuit.close()
	m.closed.Store(true)
	err := m.Conn.Close() // who holds the wire lets go of it
	m.wakeWriter()
	return err
}

// wakeWriter has a write that waits look again whether it may go on.
func (m *modem) wakeWriter() {
	m.wire.Lock()
	m.resumed.Broadcast()
	m.wire.Unlock()
}

// Read gives data that the client has sent.
func (m *modem) Read(p []byte) (int, error) {
	if !m.begun {
		m.begun = true
		if err := m.answer(m.agreed.Propose()); err != nil {
			return 0, err
		}
	}
	buf := p
	for len(m.left) == 0 {
		n, err := m.Conn.Read(buf)
		if err != nil {
			return 0, err
		}
		var failed error
		m.dec.Decode(buf[:n], func(b []byte) { m.left = append(m.left, b...) }, func(e rfc2217.Event) {
			failed = errors.Join(failed, m.hear(e))
		})
		if failed != nil {
			return 0, failed
		}
	}
	n := copy(p, m.left)
	m.left = m.left[n:]
	return n, nil
}

// Write sends data of the board's. It waits while the client has suspended the flow;
// what a board sends that is held in reset is not there.
func (m *modem) Write(p []byte) (int, error) {
	m.wire.Lock()
	defer m.wire.Unlock()
	for m.suspended.Load() && !m.closed.Load() {
		m.resumed.Wait()
	}
	if m.circuit.holds() {
		return len(p), nil
	}
	if err := m.say(rfc2217.Escape(make([]byte, 0, len(p)+16), p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// answer sends what is no data.
func (m *modem) answer(wire []byte) error {
	m.wire.Lock()
	defer m.wire.Unlock()
	return m.say(wire)
}

// say sends what must stand on the wire in one piece; the wire is held.
func (m *modem) say(wire []byte) error {
	if len(wire) == 0 {
		return nil
	}
	_, err := m.Conn.Write(wire)
	return err
}

// hear treats a command.
func (m *modem) hear(e rfc2217.Event) error {
	ours := e.Option == rfc2217.ComPort
	var wire []byte
	if e.Command != rfc2217.SB {
		wire = m.agreed.Hear(e)
	}
	if ours && !m.told && (e.Command == rfc2217.Will || e.Command == rfc2217.SB) {
		// It cannot know how the lines stand. Some clients agree to be one without a word.
		m.told = true
		wire = append(wire, rfc2217.Subnegotiation(rfc2217.ComPort, rfc2217.NotifyModemState+rfc2217.Reply, modemState)...)
	}
	if ours && e.Command == rfc2217.SB && len(e.Value) > 0 {
		if answer := m.command(e.Value[0], e.Value[1:]); answer != nil {
			wire = append(wire, rfc2217.Subnegotiation(rfc2217.ComPort, append([]byte{e.Value[0] + rfc2217.Reply}, answer...)...)...)
		}
	}
	return m.answer(wire)
}

// command carries out a command of the COM-PORT-OPTION, and gives the value that it
// is answered with; nil: none.
func (m *modem) command(command byte, value []byte) []byte {
	arg := byte(0)
	if len(value) > 0 {
		arg = value[0]
	}
	switch command {
	case rfc2217.Signature:
		if len(value) > 0 {
			return nil // the client's own
		}
		return []byte("espy sim, board " + m.board.Name())
	case rfc2217.SetBaudRate:
		if len(value) == 4 && binary.BigEndian.Uint32(value) > 0 {
			m.baud = binary.BigEndian.Uint32(value)
		}
		return binary.BigEndian.AppendUint32(nil, m.baud)
	case rfc2217.SetDataSize:
		return set(&m.data, arg, 5, 8)
	case rfc2217.SetParity:
		return set(&m.parity, arg, 1, 5)
	case rfc2217.SetStopSize:
		return set(&m.stop, arg, 1, 3)
	case rfc2217.SetControl:
		return []byte{m.control(arg)}
	case rfc2217.NotifyModemState:
		return []byte{modemState & m.modemMask}
	case rfc2217.SuspendFlow:
		m.suspended.Store(true)
		return nil
	case rfc2217.ResumeFlow:
		m.suspended.Store(false)
		m.wakeWriter()
		return nil
	case rfc2217.SetLineStateMask:
		m.lineMask = arg
		return []byte{arg}
	case rfc2217.SetModemStateMask:
		m.modemMask = arg
		return []byte{arg}
	case rfc2217.PurgeData:
		return []byte{arg} // nothing is kept here that could be dropped
	}
	return nil
}

// set sets what may be from least to most; anything else asks for it.
func set(what *byte, to, least, most byte) []byte {
	if to >= least && to <= most {
		*what = to
	}
	return []byte{*what}
}

// control sets a line, or asks how it stands; the answer is how it stands.
func (m *modem) control(value byte) byte {
	pick := func(on bool, yes, no byte) byte {
		if on {
			return yes
		}
		return no
	}
	switch value {
	case rfc2217.AskBreak, rfc2217.BreakOn, rfc2217.BreakOff:
		m.broken = value == rfc2217.BreakOn || value == rfc2217.AskBreak && m.broken
		return pick(m.broken, rfc2217.BreakOn, rfc2217.BreakOff)
	case rfc2217.AskDTR, rfc2217.DTROn, rfc2217.DTROff:
		m.dtr = value == rfc2217.DTROn || value == rfc2217.AskDTR && m.dtr
		m.circuit.set(m.dtr, m.rts)
		return pick(m.dtr, rfc2217.DTROn, rfc2217.DTROff)
	case rfc2217.AskRTS, rfc2217.RTSOn, rfc2217.RTSOff:
		m.rts = value == rfc2217.RTSOn || value == rfc2217.AskRTS && m.rts
		m.circuit.set(m.dtr, m.rts)
		return pick(m.rts, rfc2217.RTSOn, rfc2217.RTSOff)
	case rfc2217.AskFlow, rfc2217.FlowNone:
		return rfc2217.FlowNone
	}
	return rfc2217.FlowNone // there is no other flow control
}
