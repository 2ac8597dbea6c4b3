package plan

// fail_first reads the request of each of the first connections, and resets the
// connection instead of answering.
var _ = register(FaultKind{
	Name: "fail_first", Says: "so many connections reset before an answer", Takes: Count, Least: 1,
	Drop: func(amount int64, connection int) (Close, bool) { return CloseReset, int64(connection) <= amount },
})
