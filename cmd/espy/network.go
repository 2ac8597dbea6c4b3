package main

import (
	"net/netip"

	"github.com/espy-hil/espy/hil/wifi"
)

// network is where this computer may listen for boards that are on a network.
type network struct {
	Advertise string `placeholder:"ADDRESS" help:"The address of this computer for boards on a network; found out if not given."`
	Ports     string `placeholder:"FIRST-LAST" help:"The ports that servers for boards on a network listen on, such as 40000-40100; any if not given."`
}

// check says what kong cannot see by itself.
func (n network) check() error {
	if n.Advertise != "" {
		if a, err := netip.ParseAddr(n.Advertise); err != nil || a.IsUnspecified() {
			return usage("--advertise: %q is no address of this computer, such as 192.168.1.10", n.Advertise)
		}
	}
	if n.Ports != "" {
		if _, err := wifi.ParsePorts(n.Ports); err != nil {
			return usage("--ports: %w", err)
		}
	}
	return nil
}

// options are what was checked.
func (n network) options() wifi.Options {
	var o wifi.Options
	o.Advertise, _ = netip.ParseAddr(n.Advertise)
	o.Ports, _ = wifi.ParsePorts(n.Ports)
	return o
}
