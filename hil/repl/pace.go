package repl

import "time"

// pace is how quickly a board answers, as far as it is known.
type pace struct {
	slowest time.Duration // of late; 0: not known
	missed  int           // answers in a row that did not come in time
	loses   bool          // an answer has been lost on this line
}

const (
	spare   = 10 // times what it took before is long enough to wait
	soonest = 100 * time.Millisecond
)

// limit is how long to wait for an answer, most at most. On a line that has lost none,
// one that is late is on its way: this computer may be busy. On one that loses answers
// it is not worth that wait; but what was missed may have been on its way there too, so
// that the next is waited for twice as long.
func (p *pace) limit(most time.Duration) time.Duration {
	if p.slowest == 0 || !p.loses {
		return most
	}
	return min(max(spare*p.slowest, soonest)<<min(p.missed, 8), most)
}

// learn takes note of how long an answer took, or that it did not come.
func (p *pace) learn(took time.Duration, err error) {
	switch {
	case err == nil:
		p.slowest = max(took, p.slowest-p.slowest/16, 1)
		p.missed = 0
	case isTimeout(err):
		p.missed++
		p.loses = true
	}
}
