package link

import (
	"errors"
	"io"
	"net"
	"os"
	"time"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// Operations of Control, as rom/socket.py names them.
const (
	opTimeout  = 16 // argument: milliseconds; 0 never waits, -1 waits for ever
	opOnce     = 17 // the next read gives what there is, and the one after it the end; argument: 1 has it not
	opListen   = 18
	opAccept   = 19 // the result is a file number
	opClose    = 20
	opPoll     = 21 // argument: pollIn, pollOut; the result: all bits that hold
	opShutdown = 22 // no more is sent; the peer reads the end
	opPeerPort = 23
	opAddress  = 24 // the next write is "HOST PORT", for opConnect or opBind
	opConnect  = 25 // argument: 1 goes on after an interrupt
	opBind     = 26

	opSecure    = 27 // the next write is what TLS is to be like: settings
	opHandshake = 28 // argument: 1 goes on after an interrupt; the result: 0, or what is wrong as a problem
	opVerified  = 29 // the result: what is wrong with the peer's certificate, as flags
	opTrusts    = 30 // the result: how many certificates are in the settings
	opCipher    = 31 // the result is a file number: what was agreed on, as text; 0: nothing
	opCiphers   = 32 // the same: the names of all
	opPeer      = 33 // argument: which of the peer's certificates; the result is a file number, or 0
	opVerdict   = 34 // argument: what the program says of them; 0 is good
	opAlert     = 35 // the result: the number of the alert that the peer has sent, or 0
)

// readBuffer is what the board takes from the host's socket at a time: Python
// reads header lines byte by byte. An ESP8266 has a window of 2.9 KB.
const readBuffer = 2920

// Socket is one TCP socket of a board.
type Socket struct {
	network  *Network
	timeout  time.Duration // negative: for ever
	address  address
	dialling *dialling // a connection on its way; conn then is nil
	conn     stream
	listener *net.TCPListener // since bind
	accepts  bool             // since listen
	waiting  stream           // what a look has found at the listener
	store    []byte           // readBuffer bytes, once something is read
	buffered []byte           // the part of store that the board has not read
	ended    bool             // the peer's end has been read
	broken   error            // what a look met, for the next read
	looked   bool             // since the last read or write
	once     once
	secure   *secure // TLS, since opSecure
	closed   bool
	counted  bool // among the network's sockets
}

// once is how a stream read, which goes on until it has all it asked for, is made
// to give what there is.
type once int

const (
	onceOff once = iota
	onceData
	onceEnd
)

// Write sends; after opAddress it takes an address.
func (s *Socket) Write(w vm.Waiter, p []byte) (int, errno.Errno) {
	switch {
	case s.closed:
		return 0, errno.EBADF
	case s.address.comes:
		return len(p), s.setAddress(w, p)
	case s.secure != nil && s.secure.comes:
		return len(p), s.secure.set(p)
	}
	if e := s.established(w); e != errno.OK {
		return 0, e
	}
	s.looked = false
	if err := s.broken; err != nil { // the next call is told, whichever it is
		s.broken = nil
		return 0, s.told(err)
	}
	if e := s.carried(w); e != errno.OK {
		return 0, e
	}
	if s.secure != nil {
		return s.writeSecure(w, p)
	}
	sent := 0
	e := s.wait(w, s.conn.SetWriteDeadline, func() (bool, error) {
		n, err := s.conn.Write(p[sent:])
		sent += n
		return sent == len(p), err
	})
	if sent > 0 {
		return sent, errno.OK
	}
	return 0, e
}

// Read gives received bytes; 0 at the peer's end.
func (s *Socket) Read(w vm.Waiter, p []byte) (int, errno.Errno) {
	if s.closed {
		return 0, errno.EBADF
	}
	if s.once == onceEnd {
		s.once = onceOff
		return 0, errno.OK
	}
	if e := s.established(w); e != errno.OK {
		return 0, e
	}
	if e := s.shaken(w); e != errno.OK {
		return 0, e
	}
	if len(s.buffered) == 0 {
		if e := s.fill(w); e != errno.OK {
			s.giveUp(e)
			return 0, e
		}
	}
	// What comes while nothing is carried has not come yet.
	if e := s.carried(w); e != errno.OK {
		s.giveUp(e)
		return 0, e
	}
	n := copy(p, s.buffered)
	s.buffered = s.buffered[n:]
	if s.once == onceData {
		s.once = onceOff
		if n > 0 && n < len(p) {
			s.once = onceEnd
		}
	}
	return n, errno.OK
}

// giveUp ends what opOnce asked for, but for an interrupt: after one the C library may
// ask again, for an interrupt that was another's.
func (s *Socket) giveUp(e errno.Errno) {
	if e != errno.EINTR {
		s.once = onceOff
	}
}

func (s *Socket) fill(w vm.Waiter) errno.Errno {
	s.looked = false
	if s.ended {
		return errno.OK
	}
	if err := s.broken; err != nil {
		s.broken = nil
		return s.told(err)
	}
	stream := s.stream()
	return s.wait(w, stream.SetReadDeadline, func() (bool, error) { return s.receive(stream.Read) })
}

// receive reads once into the empty store.
func (s *Socket) receive(read func([]byte) (int, error)) (bool, error) {
	if s.store == nil {
		s.store = make([]byte, readBuffer)
	}
	n, err := read(s.store)
	s.buffered = s.store[:n]
	if errors.Is(err, io.EOF) || s.secure != nil && errors.Is(err, io.ErrUnexpectedEOF) { // mbedtls does not tell them apart
		s.ended, err = true, nil
	}
	return n > 0 || s.ended, err
}

// wait does until it is done, an error, the socket's timeout, or an interrupt.
// do may stop early whenever the deadline is moved to the past: that is how the
// board is woken.
func (s *Socket) wait(w vm.Waiter, setDeadline func(time.Time) error, do func() (done bool, err error)) errno.Errno {
	var limit time.Time
	patience := s.patience()
	switch {
	case patience != nil:
		limit = time.Now().Add(patience.turn())
	case s.timeout == 0:
		limit = time.Now().Add(neverWaits)
	}
	for {
		if err := setDeadline(limit); err != nil {
			return s.told(err)
		}
		done, err := false, error(nil)
		e := w.Wait(func() { _ = setDeadline(past) }, func() { done, err = do() })
		switch {
		case done:
			return errno.OK
		case e != errno.OK:
			return e
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return s.told(err)
		case limit.IsZero() || time.Now().Before(limit): // it was woken
		case patience == nil:
			return errno.EAGAIN
		case patience.over():
			return errno.ETIMEDOUT
		default:
			limit = time.Now().Add(patience.turn())
		}
	}
}

// carried waits until the network carries, as long as the socket's timeout says.
func (s *Socket) carried(w vm.Waiter) errno.Errno {
	if s.network.carries() {
		return errno.OK
	}
	if s.timeout == 0 {
		return errno.EAGAIN
	}
	over := make(chan struct{})
	defer close(over)
	return begin(func() { s.network.carried(over) }).await(w, s.patience())
}

// past is a deadline that has passed.
var past = time.Unix(1, 0)

// neverWaits is how long a non-blocking call looks: Go's sockets give nothing
// at all once their deadline has passed, even if there is something.
const neverWaits = 200 * time.Microsecond

// Control does what is neither reading nor writing.
func (s *Socket) Control(w vm.Waiter, operation uint32, argument int64) (int64, errno.Errno) {
	if s.closed {
		return 0, errno.EBADF
	}
	switch operation {
	case opTimeout:
		s.timeout = time.Duration(argument) * time.Millisecond
		return 0, errno.OK
	case opOnce:
		s.once = onceData
		if argument != 0 {
			s.once = onceOff
		}
		return 0, errno.OK
	case opAddress:
		s.address = address{comes: true}
		return 0, errno.OK
	case opConnect:
		return 0, s.connect(w, argument == 1)
	case opBind:
		return 0, s.bind(s.address.is)
	case opSecure, opHandshake, opVerified, opTrusts, opCipher, opCiphers, opPeer, opVerdict, opAlert:
		return s.controlSecure(w, operation, argument)
	case opListen:
		return 0, s.listen()
	case opAccept:
		return s.accept(w)
	case opClose:
		s.Close()
		return 0, errno.OK
	case opPoll:
		return s.poll(argument), errno.OK
	case opShutdown:
		if s.conn == nil {
			return 0, errno.ENOTCONN
		}
		return 0, fromNet(s.conn.CloseWrite())
	case opPeerPort:
		if s.conn == nil {
			return 0, errno.ENOTCONN
		}
		return int64(s.conn.RemoteAddr().(*net.TCPAddr).Port), errno.OK
	}
	return 0, errno.EINVAL
}

// Stateless implements [vm.Stateless]: a closed socket refuses whichever board asks.
func (s *Socket) Stateless() bool { return s.closed }

// Close ends the connection. The socket stays as a file that refuses everything,
// until Python lets go of it.
func (s *Socket) Close() {
	if s.closed {
		return
	}
	s.closed = true
	if s.dialling != nil {
		s.dialling.drop()
	}
	if s.conn != nil {
		s.conn.hangUp()
	}
	s.secure.drop()
	if s.waiting != nil {
		s.waiting.Close()
	}
	if s.listener != nil {
		s.listener.Close()
	}
	if s.counted {
		s.network.sockets.Add(-1)
	}
}
