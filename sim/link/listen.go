package link

import (
	"context"
	"net"
	"net/netip"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// bind takes the port at once, so that another socket is refused it.
func (s *Socket) bind(addr netip.AddrPort) errno.Errno {
	if s.conn != nil || s.dialling != nil || s.listener != nil {
		return errno.EINVAL
	}
	if !addr.Addr().IsLoopback() { // every address of the board is on this machine
		addr = netip.AddrPortFrom(loopback, addr.Port())
	}
	l, err := (&net.ListenConfig{Control: s.network.Conditions.window()}).Listen(context.Background(), "tcp4", addr.String())
	if err != nil {
		return fromNet(err)
	}
	s.listener = l.(*net.TCPListener)
	return errno.OK
}

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// listen lets accept take what has come since bind, and the board call itself.
func (s *Socket) listen() errno.Errno {
	if s.conn != nil || s.dialling != nil {
		return errno.EINVAL
	}
	if s.listener == nil {
		if e := s.bind(netip.AddrPortFrom(loopback, 0)); e != errno.OK {
			return e
		}
	}
	s.accepts = true
	s.network.add(s.listener)
	return errno.OK
}

func (s *Socket) accept(w vm.Waiter) (int64, errno.Errno) {
	if !s.accepts {
		return 0, errno.EINVAL
	}
	if s.waiting == nil {
		if e := s.wait(w, s.listener.SetDeadline, s.take); e != errno.OK {
			return 0, e
		}
	}
	accepted, e := s.network.Socket()
	if e != errno.OK {
		return 0, e
	}
	accepted.conn, s.waiting = s.waiting, nil
	fd, e := w.OpenFile(accepted)
	if e != errno.OK {
		accepted.Close()
	}
	return fd, e
}

// take accepts one connection.
func (s *Socket) take() (bool, error) {
	conn, err := s.listener.AcceptTCP()
	if err != nil {
		return false, err
	}
	s.waiting = s.network.carry(conn)
	return true, nil
}
