package main

import (
	"fmt"
	"io"
	"net/netip"
	"sync"

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

// notes are what is told of boards while others run, and written when the screen is free.
type notes struct {
	mu  sync.Mutex
	all []string
}

func (n *notes) add(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, text)
}

func (n *notes) write(w io.Writer) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, text := range n.all {
		fmt.Fprintln(w, "espy: "+text)
	}
}
