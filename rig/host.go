package rig

import (
	"context"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/hostclient"
	"github.com/espy-hil/espy/hil/run"
)

// hostClients are the clients that run on this machine, beside the boards.
var hostClients = []string{hostclient.NetHTTP, hostclient.Curl}

// hostPool is this machine, with these clients.
func hostPool(clients []string, size int) run.Pool {
	return run.Pool{
		Name: "host", Local: true, Size: size, Clients: clients,
		Power:   func(context.Context) (board.Board, error) { return hostclient.Host{}, nil },
		Connect: func(context.Context, board.Board) (run.Link, error) { return hostclient.Open(), nil },
	}
}
