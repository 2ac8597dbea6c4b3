package wifi

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/espy-hil/espy/hil/repl"
)

// Reach finds the address at which a board that is on a network reaches this computer.
// near listens where one that is on this machine would reach it, which is tried first: a
// virtual board reaches nothing else, and a real one is not let in there. An address that
// the user names is the only one that is tried.
func Reach(ctx context.Context, name string, a Asker, n *Network, near Listen, o Options) error {
	all, err := candidates(*n, o.Advertise)
	if err != nil {
		return fmt.Errorf("board %s: finding the addresses of this computer: %w", name, err)
	}
	var failed []string
	late := false
	try := func(listen Listen, remember bool) (done bool, err error) {
		host, took, why, err := prove(ctx, a, listen)
		if err != nil {
			return false, fmt.Errorf("board %s: proving that it reaches this computer at %s: %w", name, host, err)
		}
		if why == "" {
			n.Host, n.Reached, n.near = host, took, !remember
			return true, nil
		}
		late = late || !host.IsLoopback() && why == "ETIMEDOUT"
		failed = append(failed, fmt.Sprintf("%s (%s)", host, why))
		return false, nil
	}
	if !o.Advertise.IsValid() {
		if done, err := try(near, false); done || err != nil {
			return err
		}
	}
	for _, host := range all {
		if done, err := try(o.at(host), true); done || err != nil {
			return err
		}
	}
	return trouble("board %s is on the network as %s, and does not reach this computer at %s: %s",
		name, n.Address, strings.Join(failed, ", "), look(*n, late, o))
}

// Listen listens somewhere, and says under which address a board knows that.
type Listen func(ctx context.Context) (l net.Listener, host netip.Addr, err error)

// at listens at an address.
func (o Options) at(host netip.Addr) Listen {
	return func(ctx context.Context) (net.Listener, netip.Addr, error) {
		l, err := o.listen(ctx, host)
		return l, host, err
	}
}

// prove has the board connect to a listener, say a token, and hear it again. why is what
// kept it from that; empty: nothing.
func prove(ctx context.Context, a Asker, listen Listen) (host netip.Addr, took time.Duration, why string, err error) {
	l, host, err := listen(ctx)
	if err != nil {
		return host, 0, "this computer cannot listen there: " + err.Error(), nil
	}
	token := rand.Text()
	served := make(chan struct{})
	go func() {
		defer close(served)
		serve(l, token)
	}()
	defer func() {
		_ = l.Close() // which ends serve
		<-served
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	code := fmt.Sprintf("reach(%s, %s, %s, %d)", repl.Quote(host.String()), port, repl.Quote(token), reachLimit.Milliseconds())
	said, err := ask(ctx, a, reachLimit, code)
	switch {
	case err != nil:
		return host, 0, "", err
	case said.Reached:
		return host, time.Duration(said.MS) * time.Millisecond, "", nil
	case said.Why == "":
		return host, 0, "somebody else answers there", nil
	}
	return host, 0, said.Why, nil
}

// serve says the token again to whoever says it, until the listener is closed.
func serve(l net.Listener, token string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_ = c.SetDeadline(time.Now().Add(reachLimit))
		if line, err := bufio.NewReader(io.LimitReader(c, 64)).ReadString('\n'); err == nil && strings.TrimSpace(line) == token {
			_, _ = io.WriteString(c, token) // the board tells whether it came
		}
		_ = c.Close()
	}
}

// listen listens at an address of this computer, on one of the ports. For an address that
// the user names and this computer has not, behind which a router or a virtual machine's
// host passes connections on, it listens on all that it has.
func (o Options) listen(ctx context.Context, host netip.Addr) (net.Listener, error) {
	l, err := o.Ports.listen(ctx, host)
	if errors.Is(err, syscall.EADDRNOTAVAIL) && host == o.Advertise {
		return o.Ports.listen(ctx, netip.IPv4Unspecified())
	}
	return l, err
}

func (p Ports) listen(ctx context.Context, host netip.Addr) (net.Listener, error) {
	var config net.ListenConfig
	if p == (Ports{}) {
		return config.Listen(ctx, "tcp", netip.AddrPortFrom(host, 0).String())
	}
	for port := int(p.First); port <= int(p.Last); port++ {
		l, err := config.Listen(ctx, "tcp", netip.AddrPortFrom(host, uint16(port)).String())
		if !errors.Is(err, syscall.EADDRINUSE) {
			return l, err
		}
	}
	return nil, fmt.Errorf("all ports from %d to %d are in use: allow more by --ports", p.First, p.Last)
}

// candidates are the addresses of this computer that a board may reach, the likeliest
// first.
func candidates(n Network, advertise netip.Addr) ([]netip.Addr, error) {
	if advertise.IsValid() {
		return []netip.Addr{advertise}, nil
	}
	var all []netip.Addr
	add := func(a netip.Addr) {
		if a.IsValid() && !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	own, err := addresses()
	for _, p := range own {
		if p.Contains(n.Address) {
			add(p.Addr())
		}
	}
	if c, err := net.Dial("udp", netip.AddrPortFrom(n.Address, 9).String()); err == nil { // sends nothing: asks for the route
		add(c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap())
		_ = c.Close()
	}
	for _, p := range own {
		add(p.Addr())
	}
	return all, err
}

// addresses are those of this computer in networks that others are in.
func addresses() ([]netip.Prefix, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var all []netip.Prefix
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 || i.Flags&(net.FlagLoopback|net.FlagPointToPoint) != 0 {
			continue
		}
		addrs, err := i.Addrs()
		if err != nil {
			return nil, err
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// look says where to look.
func look(n Network, late bool, o Options) string {
	ports := "TCP connections to this computer, on any port (or on those of --ports),"
	if o.Ports != (Ports{}) {
		ports = fmt.Sprintf("TCP connections to ports %d to %d of this computer", o.Ports.First, o.Ports.Last)
	}
	own, _ := addresses()
	together := slices.ContainsFunc(own, func(p netip.Prefix) bool { return p.Contains(n.Address) })
	switch {
	case o.Advertise.IsValid() && !slices.ContainsFunc(own, func(p netip.Prefix) bool { return p.Addr() == o.Advertise }):
		return fmt.Sprintf("%s, which --advertise names, is no address of this computer: whoever has it must pass %s on", o.Advertise, ports)
	case !together:
		return fmt.Sprintf("they are in different networks, the board in that of %s, mask %s: join this computer to the board's, or name an address that is routed by --advertise", n.Address, n.Mask)
	case late:
		return fmt.Sprintf("a firewall drops what the board sends: allow %s from %s (see ufw status, firewall-cmd --list-all, or the firewall of Windows or macOS), or see that the access point does not keep its clients apart", ports, n.Address)
	}
	return fmt.Sprintf("something refuses it: allow %s from %s, or name another address by --advertise", ports, n.Address)
}
