package link

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// dialling is a connection on its way. A wake of the board must not disturb it:
// dialled anew, it would be two connections to the server.
type dialling struct {
	conn   net.Conn
	err    error
	done   chan struct{} // closed when conn and err stand
	woken  chan struct{}
	ended  bool // done has been seen
	cancel context.CancelFunc
}

// dial begins a connection. What the board cannot reach refuses it.
func (n *Network) dial(addr netip.AddrPort) *dialling {
	ctx, cancel := context.WithCancel(context.Background())
	d := &dialling{done: make(chan struct{}), woken: make(chan struct{}, 1), cancel: cancel}
	if !n.reachable(addr) {
		d.err = syscall.ECONNREFUSED
		close(d.done)
		return d
	}
	go func() {
		defer close(d.done)
		d.conn, d.err = (&net.Dialer{}).DialContext(ctx, "tcp", addr.String())
	}()
	return d
}

// await waits until the connection stands, the limit has passed, or the board is woken.
func (d *dialling) await(limit <-chan time.Time) (late bool) {
	select {
	case <-d.done:
		d.ended = true
	case <-d.woken:
	case <-limit:
		return true
	}
	return false
}

func (d *dialling) wake() {
	select {
	case d.woken <- struct{}{}:
	default: // woken already
	}
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
	var limit <-chan time.Time
	if s.timeout > 0 {
		limit = time.After(s.timeout)
	}
	for !s.settled() {
		if s.timeout == 0 {
			return errno.EAGAIN
		}
		late := false
		e := w.Wait(s.dialling.wake, func() { late = s.dialling.await(limit) })
		switch {
		case s.dialling.ended:
		case e != errno.OK:
			return e
		case late:
			return errno.ETIMEDOUT
		}
	}
	return s.arrived()
}

// settled tells, without waiting, whether the connection that is on its way has
// come to stand, or failed.
func (s *Socket) settled() bool {
	select {
	case <-s.dialling.done:
		return true
	default:
		return false
	}
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
	s.conn = d.conn.(*net.TCPConn)
	return errno.OK
}
