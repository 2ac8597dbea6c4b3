package board

import "context"

// A PowerCycler can take its board's power, and give it back: by a command of the
// user's, where there is one. Without it PowerCycle is ErrNoReset.
type PowerCycler interface {
	HasPower() bool
	PowerCycle(ctx context.Context) error
}

// As gives what a board can do besides: a [Networked], [Checkpointer] or [PowerCycler].
// A board that stands for another one, and says so by a method Unwrap() Board, can do
// what that can, unless it does it itself. So no wrapper hides what it wraps, except
// one without that method, on purpose.
func As[T any](b Board) (T, bool) {
	for b != nil {
		if can, ok := b.(T); ok {
			return can, true
		}
		wrapper, ok := b.(interface{ Unwrap() Board })
		if !ok {
			break
		}
		b = wrapper.Unwrap()
	}
	var none T
	return none, false
}
