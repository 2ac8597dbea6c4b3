package plan

import "time"

// pacesPerSecond is how often a second something leaves: often enough to look like
// a slow line, and seldom enough for timers of a millisecond.
const pacesPerSecond = 100

// bandwidth is how many bytes a second reach the client. As on a slow line, a byte
// is there when it has been sent: the n-th after n/bandwidth seconds.
var _ = register(FaultKind{
	Name: "bandwidth", Says: "so many bytes a second, and no more", Takes: Size, Least: 1, Stage: Pace,
	Deliver: func(amount int64, _ uint64, reply Delivery) Delivery {
		return func(yield func(Step) bool) {
			var sent, seconds int64 // bytes since whole seconds were last counted off
			var due time.Duration
			for s := range pieces(reply, max(1, amount/pacesPerSecond)) {
				sent += int64(len(s.Bytes))
				seconds, sent = seconds+sent/amount, sent%amount
				at := time.Duration(seconds)*time.Second + time.Duration(float64(sent)/float64(amount)*float64(time.Second))
				if len(s.Bytes) > 0 && !yield(Step{Wait: at - due, Even: true}) || !yield(s) {
					return
				}
				due = at
			}
		}
	},
})
