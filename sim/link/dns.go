package link

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// lookupTimeout bounds a name's lookup; ESP boards give up after some 10 s.
const lookupTimeout = 10 * time.Second

// Lookup opens the answer to a host name: its IPv4 address as text.
func (n *Network) Lookup(host string) vm.File { return &answer{network: n, host: host} }

// answer is looked up when it is read first.
type answer struct {
	network *Network
	host    string
	known   bool
	text
}

func (a *answer) Read(w vm.Waiter, p []byte) (int, errno.Errno) {
	if !a.known {
		addr, e := a.network.resolve(w, a.host)
		if e != errno.OK {
			return 0, e
		}
		a.known, a.left = true, []byte(addr.String())
	}
	return a.text.Read(w, p)
}

// text is what is read once.
type text struct{ left []byte }

func (t *text) Read(_ vm.Waiter, p []byte) (int, errno.Errno) {
	n := copy(p, t.left)
	t.left = t.left[n:]
	return n, errno.OK
}

func (*text) Write(vm.Waiter, []byte) (int, errno.Errno) { return 0, errno.EBADF }

func (*text) Control(vm.Waiter, uint32, int64) (int64, errno.Errno) { return 0, errno.EINVAL }

func (*text) Close() {}

// resolve waits for the address of a host.
func (n *Network) resolve(w vm.Waiter, host string) (netip.Addr, errno.Errno) {
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap(), errno.OK
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
	defer cancel()
	var addr netip.Addr
	found := false
	looking := begin(func() { addr, found = n.ask(ctx, host) })
	if e := looking.await(w, nil); e != errno.OK {
		cancel()
		<-looking.done
		return netip.Addr{}, e
	}
	if !found {
		return netip.Addr{}, errno.ENOENT
	}
	return addr, errno.OK
}

// ask asks the board's name server. It knows the board's own servers by the names that
// they were given; where the board may go further, it is this machine's resolver.
func (n *Network) ask(ctx context.Context, host string) (netip.Addr, bool) {
	c := &n.Conditions
	chance := rand.New(rand.NewPCG(c.Seed, n.lookups.Add(1)))
	if sleep(ctx, c.DNSDelay) != nil || chance.Float64() < c.DNSLoss || c.Offline || !n.Up() {
		return netip.Addr{}, false
	}
	if !n.joined() || !n.carried(ctx.Done()) {
		return netip.Addr{}, false
	}
	if n.knows(host) {
		return loopback, true
	}
	if n.Allow == nil {
		return netip.Addr{}, false
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", host)
	if err != nil || len(addrs) == 0 {
		return netip.Addr{}, false
	}
	return addrs[0].Unmap(), true
}
