package plan

import (
	"math/rand/v2"
)

// garbage_after lets so many bytes of a reply pass, and damages every byte behind
// them. The length stays what it was.
var _ = register(FaultKind{
	Name: "garbage_after", Says: "every byte of a reply damaged, after so many", Takes: Size, Stage: Content,
	Deliver: func(amount int64, seed uint64, reply Delivery) Delivery {
		return func(yield func(Step) bool) {
			random := rand.New(rand.NewPCG(seed, 0))
			left := amount
			for s := range reply {
				sound := min(left, int64(len(s.Bytes)))
				left -= sound
				damaged := append([]byte(nil), s.Bytes...)
				for i := range damaged[sound:] {
					damaged[sound+int64(i)] ^= byte(1 + random.IntN(255)) // never what it was
				}
				if s.Bytes != nil {
					s.Bytes = damaged
				}
				if !yield(s) {
					return
				}
			}
		}
	},
})
