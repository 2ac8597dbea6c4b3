package link

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// dialling is a connection on its way. A wake of the board must not disturb it:
// dialled anew, it would be two connections to the server.
type dialling struct {
	errand
	conn   net.Conn
	err    error
	cancel context.CancelFunc
}

// dial begins a connection. What the board cannot reach refuses it.
func (n *Network) dial(addr netip.AddrPort) *dialling {
	ctx, cancel := context.WithCancel(context.Background())
	d := &dialling{cancel: cancel}
	d.errand = begin(func() {
		if d.err = n.approach(ctx); d.err != nil {
			return
		}
		if d.err = syscall.ECONNREFUSED; n.reachable(addr) {
			d.conn, d.err = (&net.Dialer{Control: n.Conditions.window()}).DialContext(ctx, "tcp", addr.String())
		}
	})
	return d
}

// drop ends it, and closes what comes too late to be wanted.
func (d *dialling) drop() {
	d.cancel()
	<-d.done
	if d.err == nil {
		d.conn.Close()
	}
}

// connect dials. A socket that does not wait is told that the connection is on its
// way; so, too, is it left by an interrupt, after which again goes on.
func (s *Socket) connect(w vm.Waiter, again bool) errno.Errno {
	switch {
	case s.dialling != nil && !again:
		return errno.EALREADY
	case s.conn != nil || s.listener != nil:
		return errno.EISCONN
	case s.dialling == nil:
		s.dialling = s.network.dial(s.address.is)
	}
	if s.timeout == 0 {
		return errno.EINPROGRESS
	}
	e := s.established(w)
	if s.dialling != nil && e != errno.EINTR {
		s.dialling.drop() // too late
		s.dialling = nil
	}
	return e
}

// established waits for the connection, if one is on its way, as long as the
// socket's timeout says.
func (s *Socket) established(w vm.Waiter) errno.Errno {
	if s.conn != nil {
		return errno.OK
	}
	if s.dialling == nil {
		return errno.ENOTCONN
	}
	if s.timeout == 0 && !s.dialling.is() {
		return errno.EAGAIN
	}
	if e := s.dialling.await(w, s.patience()); e != errno.OK {
		return e
	}
	return s.arrived()
}

// arrived takes over what dialling has come to.
func (s *Socket) arrived() errno.Errno {
	d := s.dialling
	s.dialling = nil
	d.cancel()
	if errors.Is(d.err, os.ErrDeadlineExceeded) {
		return errno.ETIMEDOUT
	}
	if d.err != nil {
		return fromNet(d.err)
	}
	s.conn = s.network.carry(d.conn.(*net.TCPConn))
	return errno.OK
}
