package standalone

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
)

// usualPort is the one of http servers that are not the system's own.
const usualPort = 8080

// address is where to listen for what the user has said. Without lan it is this
// machine's alone.
func address(said string, lan bool) (string, error) {
	if said == "" {
		said = ":" + strconv.Itoa(usualPort)
	}
	host, port, err := net.SplitHostPort(said)
	if err != nil {
		return "", fmt.Errorf("%q is not HOST:PORT, such as 127.0.0.1:%d", said, usualPort)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		return "", fmt.Errorf("%q is not a port: expected 0 to 65535", port)
	}
	switch {
	case host == "" && lan:
		return said, nil
	case host == "", host == "localhost":
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return "", fmt.Errorf("%q is not an IP address", host)
	case !ip.IsLoopback() && !lan:
		return "", fmt.Errorf("%s can be reached from other machines, which only --lan allows for the server, and nothing for the admin page", host)
	}
	return net.JoinHostPort(host, port), nil
}

// A network is one that the machine is on: an interface's name, and the machine's
// address there.
type network struct {
	name string
	at   netip.Prefix
}

// networks are those of this machine, without its own.
func networks() ([]network, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var all []network
	for _, i := range interfaces {
		addresses, err := i.Addrs()
		if err != nil || i.Flags&net.FlagUp == 0 || i.Flags&net.FlagLoopback != 0 {
			continue
		}
		for _, a := range addresses {
			at, err := netip.ParsePrefix(a.String())
			if err == nil && !at.Addr().IsLinkLocalUnicast() {
				all = append(all, network{i.Name, at})
			}
		}
	}
	return all, nil
}

// A door is an address under which a server can be reached, and by whom.
type door struct {
	host   string
	openTo string
}

// doors are all of those of a server that listens at ip, on a machine on these
// networks.
func doors(ip netip.Addr, on []network) []door {
	if ip.IsLoopback() {
		return []door{{ip.String(), "this machine alone"}}
	}
	var all []door
	for _, n := range on {
		if own := n.at.Addr(); own == ip || ip.IsUnspecified() && (ip.Is6() || own.Is4()) {
			all = append(all, door{own.String(), fmt.Sprintf("everybody on %s (%s)", n.at.Masked(), n.name)})
		}
	}
	if ip.IsUnspecified() {
		all = append(all, door{"127.0.0.1", "this machine"})
	}
	if len(all) == 0 {
		all = append(all, door{ip.String(), "whoever can reach that address"})
	}
	return all
}

// hosts are the names and addresses for which a certificate of these doors is.
func hosts(doors []door) []string {
	var all []string
	for _, d := range doors {
		all = append(all, d.host)
	}
	for _, own := range []string{"localhost", "127.0.0.1", "::1"} {
		if !slices.Contains(all, own) {
			all = append(all, own)
		}
	}
	return all
}
