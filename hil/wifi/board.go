package wifi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"

	"github.com/espy-hil/espy/hil/board"
)

// Board is a board of which servers listen where it reaches this computer. Until it has
// joined a network, and where it has no Wi-Fi, that is where the board itself says.
type Board struct {
	board.Board
	credentials Credentials
	options     Options
	say         func(string)

	mu      sync.Mutex
	network *Network // nil: none is known to do
}

var _ board.Networked = (*Board)(nil)

// New gives a board that is to join a network. say is told how it is on it, once.
func New(b board.Board, c Credentials, o Options, say func(string)) *Board {
	return &Board{Board: b, credentials: c, options: o, say: say}
}

// Unwrap is the board that joins: see [board.As].
func (b *Board) Unwrap() board.Board { return b.Board }

// Join brings the board onto its network, where it has Wi-Fi, and proves before the first
// time that it reaches this computer.
func (b *Board) Join(ctx context.Context, a Asker) error {
	n, has, err := Join(ctx, b.Name(), a, b.credentials)
	if err != nil || !has {
		return err
	}
	b.mu.Lock()
	known := b.network
	b.mu.Unlock()
	if known != nil && known.Address == n.Address {
		return nil
	}
	if err := Reach(ctx, b.Name(), a, &n, b.near, b.options); err != nil {
		return err
	}
	b.mu.Lock()
	b.network = &n
	b.mu.Unlock()
	b.say(fmt.Sprintf("board %s is %s", b.Name(), n))
	return nil
}

// near listens where the board itself would have servers listen.
func (b *Board) near(ctx context.Context) (net.Listener, netip.Addr, error) {
	l, host, err := b.own(ctx, "near")
	if err != nil {
		return nil, netip.Addr{}, err
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return nil, at, errors.Join(err, l.Close())
	}
	return l, at, nil
}

func (b *Board) own(ctx context.Context, name string) (net.Listener, string, error) {
	if n, ok := board.As[board.Networked](b.Board); ok {
		return n.Listen(ctx, name)
	}
	const loopback = "127.0.0.1"
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(loopback, "0"))
	return l, loopback, err
}

// Listen listens where the board reaches this computer.
func (b *Board) Listen(ctx context.Context, name string) (net.Listener, string, error) {
	b.mu.Lock()
	n := b.network
	b.mu.Unlock()
	if n == nil || n.near {
		return b.own(ctx, name)
	}
	l, err := b.options.listen(ctx, n.Host)
	if err != nil {
		return nil, "", fmt.Errorf("listening for board %s: %w", b.Name(), err)
	}
	return l, n.Host.String(), nil
}
