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
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// Network is what one board can reach: its own listeners' addresses, and
// whatever Allow lets through besides.
type Network struct {
	Allow func(netip.AddrPort) bool // nil: nothing more
	mu    sync.Mutex
	open  []*net.TCPListener
}

// Listen opens a listener on loopback that the board can reach until it is closed.
// It is a *net.TCPListener, and so are its connections TCP's own, for servers that
// look at the socket itself.
func (n *Network) Listen(ctx context.Context) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening on loopback for a board: %w", err)
	}
	n.add(l.(*net.TCPListener))
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

// lookupTimeout bounds a name's lookup; ESP boards give up after some 10 s.
const lookupTimeout = 10 * time.Second

// Lookup opens the answer to a host name: its IPv4 address as text.
func (n *Network) Lookup(host string) (vm.File, errno.Errno) {
	addr, e := n.resolve(host)
	if e != errno.OK {
		return nil, e
	}
	return &answer{[]byte(addr.String())}, errno.OK
}

func (n *Network) resolve(host string) (netip.Addr, errno.Errno) {
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap(), errno.OK
	}
	if n.Allow == nil {
		return netip.Addr{}, errno.ENOENT // its own servers are all there is, and they have no names
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
	defer cancel()
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", host)
	if err != nil || len(addrs) == 0 {
		return netip.Addr{}, errno.ENOENT
	}
	return addrs[0].Unmap(), errno.OK
}

// answer is a text that is read once.
type answer struct{ left []byte }

func (a *answer) Read(_ vm.Waiter, p []byte) (int, errno.Errno) {
	n := copy(p, a.left)
	a.left = a.left[n:]
	return n, errno.OK
}

func (*answer) Write(vm.Waiter, []byte) (int, errno.Errno) { return 0, errno.EBADF }

func (*answer) Control(vm.Waiter, uint32, int64) (int64, errno.Errno) { return 0, errno.EINVAL }

func (*answer) Close() {}

// address is how connect and bind say where to: opAddress, then a write.
type address struct {
	comes bool // the next write is it
	is    netip.AddrPort
}

// setAddress reads "HOST PORT", as rom/socket.py writes it.
func (s *Socket) setAddress(p []byte) errno.Errno {
	s.address.comes = false
	host, port, _ := strings.Cut(string(p), " ")
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return errno.EINVAL
	}
	addr, e := s.network.resolve(host)
	s.address.is = netip.AddrPortFrom(addr, uint16(number))
	return e
}
