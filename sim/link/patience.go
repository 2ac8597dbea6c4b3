package link

import "time"

// patience is what is left of a timeout. It is waited for in turns: where this computer
// stood still, or had too many boards to run, the network was kept waiting as well, and a
// board would be told of a timeout that the network has no part in. However much time
// was lost in a turn, it counts as one.
type patience struct {
	left  time.Duration
	turns int
}

const (
	mostTurns    = 16
	shortestTurn = 5 * time.Millisecond // less, and timers that are late add up
)

func newPatience(timeout time.Duration) *patience {
	return &patience{timeout, int(min(max(timeout/shortestTurn, 1), mostTurns))}
}

// patience is that of a socket's timeout; nil where it waits for ever.
func (s *Socket) patience() *patience {
	if s.timeout <= 0 {
		return nil
	}
	return newPatience(s.timeout)
}

// turn is how long the next one lasts; there must be one.
func (p *patience) turn() time.Duration {
	turn := p.left / time.Duration(p.turns)
	p.left -= turn
	p.turns--
	return turn
}

// over tells whether there is none.
func (p *patience) over() bool { return p.turns == 0 }

// after is when the next turn has passed; never, where it waits for ever.
func (p *patience) after() <-chan time.Time {
	if p == nil {
		return nil
	}
	return time.After(p.turn())
}
