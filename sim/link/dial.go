package link

import (
	"context"
	"net"
)

// dialling is a connection on its way. A wake of the board must not disturb it:
// dialled anew, it would be two connections to the server.
type dialling struct {
	conn  net.Conn
	err   error
	done  chan struct{} // closed when conn and err stand
	woken chan struct{}
	ended bool // done has been seen
}

func dial(ctx context.Context, address string) *dialling {
	d := &dialling{done: make(chan struct{}), woken: make(chan struct{}, 1)}
	go func() {
		defer close(d.done)
		d.conn, d.err = (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}()
	return d
}

// await waits until the connection stands or the board is woken.
func (d *dialling) await() {
	select {
	case <-d.done:
		d.ended = true
	case <-d.woken:
	}
}

func (d *dialling) wake() {
	select {
	case d.woken <- struct{}{}:
	default: // woken already
	}
}

// drop closes what came too late to be wanted.
func (d *dialling) drop() {
	if d.err == nil {
		d.conn.Close()
	}
}
