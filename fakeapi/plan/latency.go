package plan

import "time"

// latency is how long the first byte of a reply lets the client wait.
var _ = register(FaultKind{
	Name: "latency", Says: "silence before each reply", Takes: Duration, Stage: Pace,
	Deliver: func(amount int64, _ uint64, reply Delivery) Delivery {
		return func(yield func(Step) bool) {
			if amount > 0 && !yield(Step{Wait: time.Duration(amount)}) {
				return
			}
			reply(yield)
		}
	},
})
