package plan

// truncate_after closes the connection in order once so many bytes of a reply have
// been sent. A shorter reply is whole.
var _ = register(FaultKind{
	Name: "truncate_after", Says: "the connection closed after so many bytes of a reply", Takes: Size, Stage: Cut,
	Deliver: func(amount int64, _ uint64, reply Delivery) Delivery { return cut(reply, amount, CloseFIN) },
})
