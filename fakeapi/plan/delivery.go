package plan

import (
	"iter"
	"time"
)

// A Delivery is how a reply reaches the client: step after step, made as they are
// needed, so that one of many megabytes costs no more than what is under way. It
// may be gone through more than once, and is the same each time.
type Delivery = iter.Seq[Step]

// A Step of a delivery is one write, one silence, or the end; one of Bytes, Wait
// and End is set.
type Step struct {
	Bytes []byte // leave in one write
	Wait  time.Duration
	// Even measures Wait from the end of the silence before it, as that was meant to
	// be, so that what is late is not late for ever and a pace is kept.
	Even bool
	End  *Close // what becomes of the connection, whatever else would have; nothing follows
}

// cut lets so many bytes of a reply pass, and ends the connection behind them. A
// shorter reply is left as it is.
func cut(reply Delivery, after int64, end Close) Delivery {
	return func(yield func(Step) bool) {
		left := after
		if left == 0 {
			yield(Step{End: &end})
			return
		}
		for s := range reply {
			n := int64(len(s.Bytes))
			if n >= left {
				s.Bytes = s.Bytes[:left]
				if yield(s) {
					yield(Step{End: &end})
				}
				return
			}
			left -= n
			if !yield(s) {
				return
			}
		}
	}
}

// pieces makes of every write several of size bytes, the last what is left.
func pieces(reply Delivery, size int64) Delivery {
	return func(yield func(Step) bool) {
		for s := range reply {
			for int64(len(s.Bytes)) > size {
				if !yield(Step{Bytes: s.Bytes[:size]}) {
					return
				}
				s.Bytes = s.Bytes[size:]
			}
			if !yield(s) {
				return
			}
		}
	}
}
