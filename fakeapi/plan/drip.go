package plan

import "time"

// drip sends byte after byte, with a silence between one and the next.
var _ = register(FaultKind{
	Name: "drip", Says: "one byte at a time, and silence between them", Takes: Duration, Stage: Shape,
	Deliver: func(amount int64, _ uint64, reply Delivery) Delivery {
		return func(yield func(Step) bool) {
			begun := false
			for s := range pieces(reply, 1) {
				if len(s.Bytes) > 0 && begun && amount > 0 && !yield(Step{Wait: time.Duration(amount), Even: true}) {
					return
				}
				begun = begun || len(s.Bytes) > 0
				if !yield(s) {
					return
				}
			}
		}
	},
})
