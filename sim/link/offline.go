package link

import (
	"context"
	"math/rand/v2"
	"syscall"
	"time"
)

// approach takes the time that a connection takes to be made, there and back, and is
// an error where the host cannot be reached.
func (n *Network) approach(ctx context.Context) error {
	c := &n.Conditions
	if c.Offline || !n.Up() || !n.joined() {
		return syscall.EHOSTUNREACH
	}
	if !n.carried(ctx.Done()) {
		return ctx.Err()
	}
	if c.Latency == 0 && c.Jitter == 0 {
		return nil
	}
	chance := rand.New(rand.NewPCG(c.Seed, n.approaches.Add(1)))
	if err := sleep(ctx, 2*c.Latency+draw(chance, c.Jitter)+draw(chance, c.Jitter)); err != nil {
		return err
	}
	if !n.Up() {
		return syscall.EHOSTUNREACH
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
