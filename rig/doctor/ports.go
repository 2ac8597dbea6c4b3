package doctor

import (
	"context"
	"fmt"
	"net"
)

// serveAt is where espy serve listens if it is not told otherwise.
const serveAt = "127.0.0.1:8080"

// tcpPorts sees that servers can listen on loopback, as every run has one do.
func tcpPorts(ctx context.Context, _ Machine) Finding { return portsBeside(ctx, serveAt) }

func portsBeside(ctx context.Context, usualAddress string) Finding {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return trouble("no server can listen: "+err.Error(), "ip address show lo")
	}
	defer l.Close()
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", l.Addr().String())
	if err != nil {
		return trouble(fmt.Sprintf("a server that listens cannot be reached: %v", err), "sudo nft list ruleset")
	}
	c.Close()
	usual, err := config.Listen(ctx, "tcp", usualAddress)
	if err != nil {
		return note("another program has "+usualAddress+", where espy serve listens", "espy serve --addr 127.0.0.1:0")
	}
	usual.Close()
	return ok("servers can listen and be reached; " + usualAddress + " is free")
}
