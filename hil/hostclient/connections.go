package hostclient

import (
	"context"
	"net"
	"sync"
)

// connections are those that a client has dialled, and tell when they are closed.
type connections struct {
	mu  sync.Mutex
	all []*connection
}

type connection struct {
	*net.TCPConn
	once   sync.Once
	closed chan struct{}
}

// Close closes the connection for the server as well: while this process starts
// another one (curl), that has every open file for a moment, and only a shutdown is
// told nevertheless.
func (c *connection) Close() error {
	defer c.once.Do(func() { close(c.closed) })
	_ = c.CloseWrite() // of what is already lost, perhaps
	return c.TCPConn.Close()
}

func (all *connections) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &connection{TCPConn: conn.(*net.TCPConn), closed: make(chan struct{})}
	all.mu.Lock()
	defer all.mu.Unlock()
	all.all = append(all.all, c)
	return c, nil
}

// awaitClosed waits until each is closed, or ctx ends.
func (all *connections) awaitClosed(ctx context.Context) {
	all.mu.Lock()
	waiting := all.all
	all.mu.Unlock()
	for _, c := range waiting {
		select {
		case <-c.closed:
		case <-ctx.Done():
			return
		}
	}
}
