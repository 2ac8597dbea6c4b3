package link

import (
	"cmp"
	"math/rand/v2"
	"time"
)

// rto is what a lost packet costs if nothing else was said: about as much as lwIP or
// Linux wait before they send it again.
const rto = 300 * time.Millisecond

// loss has some packets sent again, and what follows them wait: TCP loses nothing, it
// stalls.
func (c *Conditions) loss(chance *rand.Rand) fault {
	return func(p *packet) {
		if p.first && chance.Float64() < c.Loss {
			p.due = p.due.Add(cmp.Or(c.Stall, rto))
		}
	}
}
