package link

import (
	"errors"
	"sync"
	"time"
)

// outage is whether the network is down: nothing moves then, and nobody can be
// reached. Connections outlive it, as TCP does; whoever waits sees only that nothing
// comes.
type outage struct {
	mu      sync.Mutex
	until   time.Time     // down until then
	forGood bool          // or so
	changed chan struct{} // closed when it is down for another time than it was; nil: nobody waits
}

// SetDown takes the network down for so long, or for good if it is 0.
func (n *Network) SetDown(d time.Duration) {
	n.outage.set(time.Now().Add(d), d == 0)
}

// SetUp ends that.
func (n *Network) SetUp() { n.outage.set(time.Time{}, false) }

// Up tells whether the network is.
func (n *Network) Up() bool {
	_, down := n.outage.end(time.Now())
	return !down
}

func (o *outage) set(until time.Time, forGood bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.until, o.forGood = until, forGood
	if o.changed != nil {
		close(o.changed)
		o.changed = nil
	}
}

// end tells when a network that is down comes back; zero: never.
func (o *outage) end(now time.Time) (back time.Time, down bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.forGood {
		return time.Time{}, true
	}
	return o.until, now.Before(o.until)
}

// change is closed when end gives something else.
func (o *outage) change() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.changed == nil {
		o.changed = make(chan struct{})
	}
	return o.changed
}

// setDown reads down=4KiB or down=1.5s.
func setDown(c *Conditions, v string) error {
	if d, err := time.ParseDuration(v); err == nil && d > 0 {
		c.Down = Moment{Time: d}
		return nil
	}
	n, err := parseSize(v)
	if err != nil || n == 0 {
		return errors.New("expected a number of bytes or a time, such as 4KiB or 1.5s")
	}
	c.Down = Moment{Bytes: int64(n)}
	return nil
}

// downfall takes the network down when a connection has come to its moment.
type downfall struct {
	network *Network
	mu      sync.Mutex
	left    int64 // bytes; 0: it does not depend on bytes, or has happened
	timer   *time.Timer
}

func (n *Network) downfall() *downfall {
	d := &downfall{network: n, left: n.Conditions.Down.Bytes}
	if t := n.Conditions.Down.Time; t > 0 {
		d.timer = time.AfterFunc(t, d.happen)
	}
	return d
}

func (d *downfall) happen() { d.network.SetDown(d.network.Conditions.Back) }

// carry tells how many of n bytes get through, and whether it happens after them.
func (d *downfall) carry(n int) (through int, falls bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.left == 0 || int64(n) < d.left {
		d.left -= min(d.left, int64(n))
		return n, false
	}
	through = int(d.left)
	d.left = 0
	return through, true
}

func (d *downfall) stop() {
	if d.timer != nil {
		d.timer.Stop()
	}
}
