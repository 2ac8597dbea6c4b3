// Package link is a virtual board's network: sockets of the host, offered to the
// board as device files, because files are the one thing that the VM can open.
//
//	Python socket.socket()  open("/dev/socket")        -> socket
//	  connect, bind         write("HOST PORT") and seek   dials, if Allow lets it
//	  send, recv            write, read                   one TCP connection
//	  settimeout, accept …  seek(argument, operation)     Control
//	Python tls              the same file: settings, and a handshake over it
//	Python getaddrinfo      open("/dev/dns/HOST")      -> its address as text
//
// The board sees errors by Linux's numbers (package errno).
package link

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/ports"
	"github.com/espy-hil/espy/sim/vm"
)

// Network is what one board can reach: its own listeners' addresses, and
// whatever Allow lets through besides.
type Network struct {
	Allow      func(netip.AddrPort) bool // nil: nothing more
	Conditions Conditions
	Air        Air // nil: a wire, which is always there
	// Clock is what the board believes the time to be, by which it judges certificates;
	// nil: it knows.
	Clock func() time.Time

	mu    sync.Mutex
	open  []*net.TCPListener
	names map[string]*net.TCPListener // of those that have one

	sockets atomic.Int64 // open now
	outage  outage
	pumps   pumps
	counts
}

// Air is what a network without wires hangs on.
type Air interface {
	Joined() bool  // the board has an address
	Carries() bool // and what it sends arrives
}

// now is the time, as far as the board knows it.
func (n *Network) now() time.Time {
	if n.Clock == nil {
		return time.Now()
	}
	return n.Clock()
}

// joined tells whether there is a network.
func (n *Network) joined() bool { return n.Air == nil || n.Air.Joined() }

// carries tells whether it carries anything just now.
func (n *Network) carries() bool { return n.Air == nil || n.Air.Carries() }

// lookAgain is how often one who waits for a network looks whether it is back.
const lookAgain = 5 * time.Millisecond

// carried waits until the network carries again, or what ends the wait.
func (n *Network) carried(done <-chan struct{}) bool {
	for !n.carries() {
		select {
		case <-done:
			return false
		case <-time.After(lookAgain):
		}
	}
	return true
}

// counts say which of its chances comes next.
type counts struct{ connections, approaches, lookups atomic.Uint64 }

// Restart makes the network what it was when the board was powered: connections are
// gone, and its chances come again from the first.
func (n *Network) Restart() {
	n.pumps.abort(false)
	n.SetUp()
	n.connections.Store(0)
	n.approaches.Store(0)
	n.lookups.Store(0)
}

// Close ends what moves bytes behind the board's back.
func (n *Network) Close() { n.pumps.abort(true) }

// Listen opens a listener on loopback that the board can reach until it is closed,
// under its address, or the name if it is not "". It is a *net.TCPListener, and so are
// its connections TCP's own, for servers that look at the socket itself.
func (n *Network) Listen(ctx context.Context, name string) (net.Listener, error) {
	l, err := ports.Listen(ctx)
	if err != nil {
		return nil, fmt.Errorf("listening on loopback for a board: %w", err)
	}
	n.add(l)
	if name != "" {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.names == nil {
			n.names = map[string]*net.TCPListener{}
		}
		maps.DeleteFunc(n.names, func(_ string, l *net.TCPListener) bool { return closed(l) })
		n.names[name] = l
	}
	if !n.Conditions.perfect() {
		return listener{l, n}, nil
	}
	return l, nil
}

// add makes a listener one that the board can reach until it is closed.
func (n *Network) add(l *net.TCPListener) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open = append(slices.DeleteFunc(n.open, closed), l)
}

// closed tells whether a listener is. Its port may be somebody else's by now.
func closed(l *net.TCPListener) bool {
	raw, err := l.SyscallConn()
	return err != nil || raw.Control(func(uintptr) {}) != nil
}

func (n *Network) reachable(addr netip.AddrPort) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open = slices.DeleteFunc(n.open, closed)
	own := slices.ContainsFunc(n.open, func(l *net.TCPListener) bool {
		return l.Addr().(*net.TCPAddr).AddrPort() == addr
	})
	return own || n.Allow != nil && n.Allow(addr)
}

// knows tells whether a name is that of a listener.
func (n *Network) knows(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	l, known := n.names[name]
	return known && !closed(l)
}

// address is how connect and bind say where to: opAddress, then a write.
type address struct {
	comes bool // the next write is it
	is    netip.AddrPort
}

// setAddress reads "HOST PORT", as rom/socket.py writes it.
func (s *Socket) setAddress(w vm.Waiter, p []byte) errno.Errno {
	s.address.comes = false
	host, port, _ := strings.Cut(string(p), " ")
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return errno.EINVAL
	}
	addr, e := s.network.resolve(w, host)
	s.address.is = netip.AddrPortFrom(addr, uint16(number))
	return e
}
