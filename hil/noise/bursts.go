package noise

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// bursts decides, for one direction, what becomes of which byte.
type bursts struct {
	line   Line
	chance *rand.Rand
	calm   int // bytes until the next burst
	left   int // bytes of the burst that is on; 0: none is
	kind   Kind
	hit    atomic.Int64
}

func newBursts(l Line, direction uint64) *bursts {
	b := &bursts{line: l.withDefaults(), chance: rand.New(rand.NewPCG(l.Seed, direction))}
	b.calm = b.gap()
	return b
}

// gap draws the number of bytes between two bursts, so that the share comes out.
func (b *bursts) gap() int {
	const never = 1 << 62
	if b.line.Share <= 0 {
		return never
	}
	length := float64(b.line.Shortest+b.line.Longest) / 2
	return int(b.chance.ExpFloat64()*length*(1-b.line.Share)/b.line.Share + 0.5)
}

// segment is some bytes that fare alike.
type segment struct {
	taken int           // how many of those that were given it is
	out   []byte        // what arrives of them
	late  time.Duration // before they do
	calm  bool          // no burst hits them
}

// next takes the first bytes of p, which is not empty, through the line.
func (b *bursts) next(p []byte) segment {
	if b.left == 0 && b.calm > 0 {
		n := min(b.calm, len(p))
		b.calm -= n
		return segment{taken: n, out: p[:n], calm: true}
	}
	var s segment
	if b.left == 0 {
		b.kind = b.line.Kinds[b.chance.IntN(len(b.line.Kinds))]
		b.left = b.line.Shortest + b.chance.IntN(b.line.Longest-b.line.Shortest+1)
		if b.kind == Delay {
			s.late = time.Duration(1 + b.chance.Int64N(int64(b.line.LongestDelay)))
		}
	}
	s.taken = min(b.left, len(p))
	s.out = b.strike(p[:s.taken])
	b.hit.Add(int64(s.taken))
	if b.left -= s.taken; b.left == 0 {
		b.calm = b.gap()
	}
	return s
}

// giveBack has the last n bytes of a calm segment come again.
func (b *bursts) giveBack(n int) { b.calm += n }

// strike does to bytes what the burst does.
func (b *bursts) strike(p []byte) []byte {
	switch b.kind {
	case Drop:
		return nil
	case Double:
		out := make([]byte, 0, 2*len(p))
		for _, c := range p {
			out = append(out, c, c)
		}
		return out
	case Corrupt:
		out := make([]byte, len(p))
		for i, c := range p {
			out[i] = c ^ byte(1+b.chance.IntN(255))
		}
		return out
	}
	return p
}
