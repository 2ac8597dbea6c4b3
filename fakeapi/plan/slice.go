package plan

// slice is how many bytes leave in one write, and so, where nothing holds them up,
// in one segment.
var _ = register(FaultKind{
	Name: "slice", Says: "one write for so many bytes", Takes: Size, Least: 1, Stage: Shape,
	Deliver: func(amount int64, _ uint64, reply Delivery) Delivery { return pieces(reply, amount) },
})
