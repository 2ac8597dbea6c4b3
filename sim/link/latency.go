package link

import (
	"math/rand/v2"
	"time"
)

// latency has every packet come later, and no two in another order.
func (c *Conditions) latency(chance *rand.Rand) fault {
	var last time.Time
	var jitter time.Duration
	return func(p *packet) {
		if p.first {
			jitter = draw(chance, c.Jitter)
		}
		p.due = p.due.Add(c.Latency + jitter)
		if p.due.Before(last) {
			p.due = last
		}
		last = p.due
	}
}

// draw is a time between none and most.
func draw(chance *rand.Rand, most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return time.Duration(chance.Int64N(int64(most) + 1))
}
