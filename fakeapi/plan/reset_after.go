package plan

// reset_after resets the connection once so many bytes of a reply have been sent.
// A shorter reply is whole.
var _ = register(FaultKind{
	Name: "reset_after", Says: "the connection reset after so many bytes of a reply", Takes: Size, Stage: Cut,
	Deliver: func(amount int64, _ uint64, reply Delivery) Delivery { return cut(reply, amount, CloseReset) },
})
